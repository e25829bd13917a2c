// The program alcoved: its commands and their flags.
#pragma once

namespace alcove::app {

// Runs one command to its end. 0: done; 1: refused, with the reason on standard error; 2: wrong usage.
int RunProgram(int argc, char** argv);

}  // namespace alcove::app
