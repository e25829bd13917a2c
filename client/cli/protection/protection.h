// `alcove protection`: what a protection officer does, on their own machine.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `protection` with review and alerts.
void AddProtectionCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
