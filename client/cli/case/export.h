// `alcove case export`: the case on this machine, redacted for whoever is handed it.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds `export` to `noun`.
void AddExport(CLI::App& noun, Frame& frame);

}  // namespace alcove::cli
