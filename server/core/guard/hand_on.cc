#include "server/core/guard/hand_on.h"

#include <algorithm>

#include "crypto/format/leaf.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/states.h"
#include "server/core/guard/assign.h"

namespace alcove::guard {
namespace {

// On some machine, or without one: `with_key` says whether a place without a key counts.
bool HasAssignee(const cases::Case& record, bool with_key) {
  return std::any_of(record.thread.holders.begin(), record.thread.holders.end(), [&](const grants::Holder& holder) {
    return holder.staff == record.assignee && holder.released && !holder.lost &&
           (!with_key || !holder.key_id.IsZero());
  });
}

}  // namespace

absl::Status HandOn(const cases::Ports& ports, cases::Case& record, const std::optional<cases::Leaving>& leaving,
                    cases::CaseLeaves& leaves, base::ChangeSet& changes) {
  if (absl::Status status =
          cases::LoseReaders(ports, record, leaving, cases::EndedGuests::kStayWhileFrozen, leaves, changes);
      !status.ok())
    return status;
  // What waits for others is given to nobody.
  if (cases::IsWaiting(record)) return absl::OkStatus();
  if (!cases::IsOpen(record.state) || HasAssignee(record, true)) return absl::OkStatus();
  // Who lost the machine they read with waits for the next key; meanwhile somebody else has the case, if there is anybody.
  if (HasAssignee(record, false) && !AnotherMayHave(ports, record)) return absl::OkStatus();
  const base::StaffSlug before = record.assignee;
  if (!before.empty()) changes.Count(base::Counter::kOpenCases, before.text(), -1);
  const bool given = Assign(ports, record, leaves, changes);
  if (given) leaves.ByServer(format::LeafKind::kCaseAssigned, format::details::Assigned(record.assignee.text()));
  if (record.assignee == before) return absl::OkStatus();
  record.claimed = false;
  record.marks.claimed.reset();
  record.revision += 1;
  return absl::OkStatus();
}

}  // namespace alcove::guard
