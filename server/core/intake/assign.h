// Giving a case to a person: the least loaded of those who may have it, and only that person's grants are released.
#pragma once

#include <optional>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::intake {

// Sets assignee and releases their grants in `record`; counts the open case; puts the membership row. Eligible are the
// holders of ASSIGNED grants whom the wall lets through now; when there is none, the fallbacks. Load is what the memory
// counter says, ties go by a draw, so that an idle desk does not always give to the same person.
// The condition under which grants were released; nothing when nobody is left: the case then has no assignee, and stays
// with whoever a later approval adds.
std::optional<format::ReleaseCondition> Assign(const cases::Ports& ports, cases::Case& record, base::ChangeSet& changes);

}  // namespace alcove::intake
