// What a case is about and what has to be done about it: its allegations and measures, as far as the case itself depends
// on them. The methods that make and change them are server/core/casework.
//
// Every change of either puts the row `Case` too, so whoever read the case first, these rows next, and puts the case with an
// expectation has decided on what was true.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <vector>

#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"
#include "server/core/cases/views.h"

namespace alcove::cases {

// In the order of their ids, which are random.
absl::StatusOr<std::vector<Allegation>> AllegationsOf(const Ports& ports, const base::CaseId& id);
absl::StatusOr<std::vector<Measure>> MeasuresOf(const Ports& ports, const base::CaseId& id);

// Planned or running: it still has to be done.
bool IsOpen(const Measure& measure);
// It still has to be done and its last day is over.
bool IsOverdue(const Measure& measure, base::Day today);

// Who sees to a measure: its owner while they read the case, else whoever the case is assigned to; empty when that is
// nobody. A person who may not read on is named for nothing any more.
base::StaffSlug OwnerOf(const Ports& ports, const Case& record, const Measure& measure);

// What the table of states cannot know of a move to `to`:
//   FINDING_MISSING  to `decided` with no allegation, or with one that has no finding
//   MEASURES_OPEN    to `measures_running` with no measure to run; to `monitoring` or `closed`, whatever the reason for
//                    closing, with one that is planned or running
// CheckReady (states.h) asks it, so every move passes here.
absl::Status MayMoveOn(const Ports& ports, const base::CaseId& id, State to);

// Adds both to what a member of the team is shown.
absl::Status AddMatters(const Ports& ports, const Case& record, CaseDetail& detail);

}  // namespace alcove::cases
