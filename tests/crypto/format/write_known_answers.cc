// Prints tests/vectors/format.json. Run it only when a layout changes on purpose: every other implementation is held to the file.
#include <iostream>

#include "tests/crypto/format/known_answers.h"

int main() {
  std::cout << alcove::format::test::KnownAnswers().dump(1) << "\n";
  return 0;
}
