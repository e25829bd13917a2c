// Where the checkout is, for tests that read files of the tree. It is a value of one small library, not a definition on
// every command line, so that two checkouts share what a compiler cache holds.
#pragma once

namespace alcove::tests {

// Absolute, without a slash at its end.
extern const char* const kSourceDir;

}  // namespace alcove::tests
