// `alcove hr`: what an HR system does from a file. The key file is that of a service account.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

void AddHrCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
