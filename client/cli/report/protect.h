// `alcove report protect`: asking for protection from retaliation, without the twelve words and without any case.
#pragma once

#include "CLI/CLI.hpp"
#include "client/cli/frame/frame.h"

namespace alcove::cli {

void AddProtect(CLI::App& report, Frame& frame);

}  // namespace alcove::cli
