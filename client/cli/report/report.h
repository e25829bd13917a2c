// `alcove report`: what a reporter does. One directory a noun; main calls this once.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `report` with new, resume, status, messages, reply, attach, withdraw, ledger, save.
void AddReportCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
