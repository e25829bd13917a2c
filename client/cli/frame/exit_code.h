// How the program `alcove` ends. The numbers are part of the contract: scripts branch on them.
#pragma once

namespace alcove::cli {

enum class ExitCode : int {
  kDone = 0,
  // A rule of the organisation or of the service said no.
  kRefused = 1,
  // The command line or a file given on it cannot be used as it is.
  kUsage = 2,
  // The server could not be reached, or cannot take anything now.
  kUnreachable = 3,
  // A proof, a signature or a key does not check. Nothing was sent after that.
  kUnverified = 4,
  // There is nothing here for this caller: missing and denied look the same.
  kNothingHere = 5,
};

}  // namespace alcove::cli
