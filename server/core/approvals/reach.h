// Who has to do with an approval: who asked, and who may decide.
//
// Most approvals concern a case. CONFIRM_CLOCK concerns the clock: no case is found then, and auditors decide.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

#include "server/core/approvals/records.h"
#include "server/core/approvals/rules.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::approvals {

// What an approval concerns, as one person reaches it.
struct Concern {
  const people::Person* person;                       // who calls
  std::optional<base::Versioned<cases::Case>> found;  // nothing: the clock
  Leap leap;                                          // of the clock

  const cases::Case* record() const { return found ? &found->record : nullptr; }
};

struct Reached {
  Concern concern;
  cases::Approval approval;
  base::RowVersion version;  // of the approval's row
  bool asked;                // the caller asked for it; else it was sealed to them to decide
};

// An approval for somebody who is party to it: who asked, as long as they reach the case (of the clock: are an administrator);
// who may decide, as long as they are an approver and the wall lets them through (of the clock: an auditor). NOTHING_HERE for
// everybody else and for ids that never were.
absl::StatusOr<Reached> ReachApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                      const base::ApprovalId& id);

// Has the role of those who decide about such a request: an approver, of the clock an auditor. For a release, whoever holds a
// share of the identity, and an approver where the reporter is not asked.
bool HasDecidingRole(const people::Person& person, const cases::Case* record, const Terms& terms);

// This person decides about such a request on this case (null: on the clock), today: holds the role, does not ask, is not whom
// it concerns, has no released grant of the case, and is not in conflict with it.
bool MayDecide(const cases::Ports& ports, const people::Person& person, const cases::Case* record,
               const base::StaffSlug& requester, const Terms& terms);

// Everybody who may, in the directory's order.
std::vector<const people::Person*> Deciders(const cases::Ports& ports, const cases::Case* record,
                                            const base::StaffSlug& requester, const Terms& terms);

}  // namespace alcove::approvals
