// `alcove org`: what root holders do, offline. keygen, init, sign, show.
//
// Each root holder runs `keygen` on their own machine and hands out the printed public line; no command makes more than
// one root key, and none takes more than one. `init` puts n public lines and a threshold into the organisation file.
// `sign` shows what would be signed, asks, and adds one signature to a directory or policy document.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the noun to the program. `frame` outlives it.
void AddOrgCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
