// How a caller reaches a case. Whatever is missing on the way is the one answer NOTHING_HERE. A case that is to go (doomed.h)
// is missing to everybody.
#pragma once

#include <absl/status/statusor.h>

#include <optional>

#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// A case as its reporter has it: `record` is what they see and act on. Put it with `PutOwn` (escrow.h).
struct OwnCase : base::Versioned<Case> {
  std::optional<Case> behind;  // of a veiled escrow: the team's side; `record` is its face
};
// The case of a mailbox. Missing as well: an escrow whose last day went by, released or not, until the team writes.
absl::StatusOr<OwnCase> ReachOwn(const Ports& ports, const base::MailboxId& caller);

struct TeamReach {
  base::Versioned<Case> found;
  const people::Person* person;
};
// The case for a person: they are in the directory, a grant of the case was released to them and its key is still theirs,
// and the wall does not stand between. Asked anew on every call. A person without a membership row never causes the
// case's row to be read, so it makes no difference whether there is one.
absl::StatusOr<TeamReach> ReachAsTeam(const Ports& ports, const base::StaffSlug& caller, const base::CaseId& id);
// The same for whoever may still keep the case from going: a hold is placed on one that is doomed as well.
absl::StatusOr<TeamReach> ReachAsTeamThoughDoomed(const Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id);

// The last three of those conditions, for a case that was read already.
bool MayReach(const Ports& ports, const people::Person& person, const Case& record);

// The grant of this line is this person's to fetch today: released, in force, and wrapped to a key that is still theirs.
bool IsHandedOut(const grants::Holder& holder, const people::Person& person, base::Day today);

}  // namespace alcove::cases
