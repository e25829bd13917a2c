// Who holds a grant of a case, and how far it has been released.
//
// A line moves one way only:  dormant -> released -> lost,  or  dormant -> lost.  Each move is a leaf.
//
//   condition   released when
//   ASSIGNED    the case is given to that person
//   LAPSED      acknowledgement or feedback is overdue by more than the days of grace
//   FALLBACK    nobody else is left, or a deadline lapsed and no escalation recipient is left
//   GUEST       two people added them; ends after the day `until`
//   APPROVED    two people added them
//   MATCHED     enough others named the same person, and the case is given to that person
//   MAILBOX     by nature: the reporter's own
//
// A line is lost for good when its person comes into conflict, steps back, leaves the directory, lets the time to claim
// pass, when a guest's days are over, and when the case ends without a LAPSED grant having been needed. The grant's bytes
// are deleted with it. When only the machine leaves the directory and the person has no other with a grant, the grant's bytes go
// too, and the line keeps the person's place without a key: the next epoch is granted to the machines that they have then. A lost line stays until the next epoch, so that the reporter sees who once held a grant. Access
// decides anew on every call whether a released grant may still be handed out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/kinds.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"

namespace alcove::grants {

// Why a person is among the readers.
enum class Purpose : std::uint8_t { kDesk = 1, kEscalation, kFallback, kGuest, kApproved, kCustodian };

// One device key of one person. A person with two machines has two lines.
struct Holder {
  base::StaffSlug staff;
  crypto::KeyId key_id;  // zero: a place without a key, for a machine that left the directory
  Purpose purpose = Purpose::kDesk;
  format::ReleaseCondition condition = format::ReleaseCondition::kAssigned;
  bool released = false;
  std::optional<base::Instant> opened;  // when this person first opened the case
  bool lost = false;                    // may never read on; a new grant takes an approval
  std::optional<base::Day> until;       // a guest's last day; nothing: no end
  base::ApprovalId approval;            // by which they were added later; zero: a reader of the plan

  friend bool operator==(const Holder&, const Holder&) = default;
};

// Not lost, and for a guest not at its end. Wall and directory are asked besides (readers.h).
bool InForce(const Holder& holder, base::Day today);

// Releases every grant of `staff` under `condition` that is not lost. The number of lines that moved: 0 when there was
// none to move.
std::size_t Release(std::vector<Holder>& holders, const base::StaffSlug& staff, format::ReleaseCondition condition);

}  // namespace alcove::grants
