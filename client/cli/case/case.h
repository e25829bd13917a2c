// `alcove case`: what an investigator does. inbox, show, claim, move, reply, note, attach, fetch, history, assess, custody,
// interview, notice, summary, allegation, measure, tasks, watch, states.
//
// `show`, `fetch` and everything that writes open the case, which the reporter sees; `inbox` does not.
// A case is named by a prefix of its id, looked for among the caller's own cases only: a case that was not released to
// the caller and one that never was end alike, with exit code 5.
#pragma once

#include "client/cli/frame/frame.h"

namespace alcove::cli {

// Adds the noun to the program. `frame` outlives it.
void AddCaseCommands(CLI::App& app, Frame& frame);

}  // namespace alcove::cli
