// `alcove audit`: what an auditor does. checkpoint, consistency, leaves.
//
// What was seen last is remembered beside the key file (`<key file>.memory`), so that the next run proves that the
// ledger only grew since. `checkpoint` and `consistency` need no session: they ask what anybody may.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the noun to the program. `frame` outlives it.
void AddAuditCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
