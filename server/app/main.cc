#include "server/app/program.h"

int main(int argc, char** argv) { return alcove::app::RunProgram(argc, argv); }
