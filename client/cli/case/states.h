// `alcove case states`: the table of states, as the rules go by it. Asks no server and needs no key.
#pragma once

#include <string>

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// One line a move, under a heading: from, to, who may make it, and the list of the taxonomy that a reason is asked from.
std::string StatesText();

// Adds the command to the noun. `frame` outlives it.
void AddStates(CLI::App& noun, Frame& frame);

}  // namespace alcove::cli
