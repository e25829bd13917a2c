// `alcove case assess`, `custody`, `interview`, `notice` and `summary`: what a team writes down on its way, each a kind of entry.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the verbs to the noun `case`.
void AddRecords(CLI::App& noun, Frame& frame);

}  // namespace alcove::cli
