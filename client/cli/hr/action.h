// `alcove hr action`: asking before anything is done against an employee.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `action` with submit, show, cancel to the noun `hr`.
void AddActionCommands(CLI::App& hr, Frame& frame);

}  // namespace alcove::cli
