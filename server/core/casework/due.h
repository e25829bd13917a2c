// Measures whose last day went by, for the regular look at a case (guard/review.h).
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>

#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::casework {

// Of a case that is open, as it is today:
//   - a measure whose owner may not read on goes to whoever has the case, with a leaf `measure.changed`;
//   - one whose last day is over is marked, once, with a leaf `measure.overdue`.
// Both leaves are hidden from the reporter. True when a measure has been overdue for more than `grace_days`: then
// whoever lets somebody else in does so as for any clock that lapsed. Nothing is put when nothing changed; the caller puts
// the case. Not to be asked while the clock is frozen: a day that nobody confirmed makes nobody late.
absl::StatusOr<bool> LookAfterMeasures(const cases::Ports& ports, cases::Case& record, std::uint16_t grace_days,
                                       cases::CaseLeaves& leaves, base::ChangeSet& changes);

}  // namespace alcove::casework
