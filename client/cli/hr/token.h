// `alcove hr token`: the HR portal has an employee's tokens issued.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

void AddTokenIssue(CLI::App& hr, Frame& frame);

}  // namespace alcove::cli
