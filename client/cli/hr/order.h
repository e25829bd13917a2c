// `alcove hr order` and `alcove hr events`: carrying out what a case team ordered, and hearing that there is something to do.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `order` with list, show, done, refuse, and `events`, to the noun `hr`.
void AddOrderCommands(CLI::App& hr, Frame& frame);

}  // namespace alcove::cli
