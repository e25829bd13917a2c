// `alcove admin`: drafting and publishing what root holders sign, trying the routing, looking at health.
//
// Drafting is offline and decides nothing: the directory and every policy document take effect by t root signatures.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the noun to the program. `frame` outlives it.
void AddAdminCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
