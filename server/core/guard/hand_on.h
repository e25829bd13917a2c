// What follows when somebody may not read on.
#pragma once

#include <absl/status/status.h>

#include <optional>

#include "server/core/base/changes.h"
#include "server/core/cases/losses.h"

namespace alcove::guard {

// Everybody who may not read on loses the case (cases/losses.h), `leaving` as well; an open case whose assignee is among
// them, or who has none, goes to the next (assign.h), who has the whole time to claim it. `record` changes; the caller
// puts it.
absl::Status HandOn(const cases::Ports& ports, cases::Case& record, const std::optional<cases::Leaving>& leaving,
                    cases::CaseLeaves& leaves, base::ChangeSet& changes);

}  // namespace alcove::guard
