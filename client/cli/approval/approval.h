// `alcove approval`: what takes more than one person. Whoever works on a case asks, somebody without a part in it decides,
// whoever asked carries it out.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `approval` with its verbs: list, show, request, approve, refuse, cancel, execute.
void AddApprovalCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
