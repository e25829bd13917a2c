// `alcove staff`: how a person gets keys and sees who they are to the service. enroll, whoami.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the noun to the program. `frame` outlives it.
void AddStaffCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
