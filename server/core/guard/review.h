// The regular look at one case: does everybody who holds it still may, has somebody taken it, was the reporter answered in
// time? The runner (server/app) asks it of every case at its start, whenever directory, chart or policy change, and on
// every new day.
//
// Access itself does not wait for it: every call asks wall and directory anew. What waits are the consequences.
#pragma once

#include <absl/status/statusor.h>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"

namespace alcove::guard {

// What happened, for the event log.
struct Reviewed {
  bool lapsed = false;    // a deadline lapsed and its days of grace are over: dormant grants were released
  bool fallback = false;  // a grant of a fallback was released
};

// Decides what is due on the case now, in this order. Nothing to commit when nothing is, also for a case that is not there.
//
//   1. Whoever may not read on loses the case; a case whose assignee is among them goes to the next.
//   2. A case that nobody claimed by the last day for it goes from its assignee to the next, while there is one.
//   3. A measure whose last day is over is marked, and one whose owner left goes to whoever has the case (casework/due.h).
//      Acknowledgement, feedback or a measure overdue by more than the days of grace: LAPSED grants are released, or a FALLBACK grant
//      where no escalation recipient is left (promise P7).
//   4. A case that ended without them: LAPSED grants are destroyed. One that was kept to its last day goes (cases/doomed.h), unless
//      a legal hold stands.
//
// An escrow that waits (cases/escrow.h) loses readers, and goes when its last day is over; nothing else of it is anybody's.
//
// While the clock is frozen (clocks/seen.h) 2, 3, 4, the end of an escrow and the end of a guest's days wait.
absl::StatusOr<base::Outcome<Reviewed>> Review(const cases::Ports& ports, const base::CaseId& id);

}  // namespace alcove::guard
