// Giving a case to a person, and releasing grants. Only the person's own grants are released, each release with a leaf.
#pragma once

#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::guard {

// Sets assignee and day of assignment in `record`, counts the open case, and releases. Eligible are investigators
// with a line under ASSIGNED (of an escrow: MATCHED) that may be read with now: of the case's desk; when there is none, who moved to another; when there
// is none, lines under FALLBACK. Among them the least loaded: load is what
// the memory counter says, ties go by a draw, so that an idle desk does not always give to the same person.
// False when nobody is left: the case then has no assignee, and stays with whoever a later approval adds.
bool Assign(const cases::Ports& ports, cases::Case& record, cases::CaseLeaves& leaves, base::ChangeSet& changes);

// `Assign` would find somebody other than the present assignee.
bool AnotherMayHave(const cases::Ports& ports, const cases::Case& record);

// Moves a person's lines in both keyrings from dormant to released, with the membership row and the leaf. False when
// there was nothing to move.
bool ReleaseTo(cases::Case& record, const base::StaffSlug& staff, format::ReleaseCondition condition,
               cases::CaseLeaves& leaves, base::ChangeSet& changes);

}  // namespace alcove::guard
