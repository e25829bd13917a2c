// `alcove case tasks` and `alcove case watch`: what there is to see to, over all cases of the caller. Neither opens a case.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds both to the noun. `frame` outlives it.
void AddTasks(CLI::App& noun, Frame& frame);

}  // namespace alcove::cli
