// `alcove verify FILE`: anybody, offline, without an organisation file and without a server.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Reads, checks, and says what was shown. With `--org` the evidence is compared with that organisation file.
// Done is exit code 0; anything in the file that does not hold is 4.
absl::Status VerifyFile(Frame& frame, const std::string& path);

// Adds the command to the program. `frame` outlives it.
void AddVerifyCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
