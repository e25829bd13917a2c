// `alcove case allegation` and `alcove case measure`: what is alleged, what was found, what has to be done.
//
// Without options they list codes and open nothing. With `--add`, `--finding` or words to a step they open the case, which
// the reporter sees, and seal the words to the team. Words come from `--message` or the terminal, never from argv.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds both to the noun. `frame` outlives it.
void AddCasework(CLI::App& noun, Frame& frame);

}  // namespace alcove::cli
