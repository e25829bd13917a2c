#include "server/core/cases/holds.h"

#include <algorithm>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::cases {

bool HasHold(const Case& record, const std::string& reason) {
  return std::any_of(record.holds.begin(), record.holds.end(), [&](const Hold& hold) { return hold.reason == reason; });
}

absl::StatusOr<base::Outcome<Held>> PlaceHold(const Ports& ports, const base::StaffSlug& caller, const base::CaseId& id,
                                              const std::string& request_id, const std::string& reason) {
  absl::StatusOr<TeamReach> reach = ReachAsTeamThoughDoomed(ports, caller, id);
  if (!reach.ok()) return reach.status();
  const crypto::Digest digest = crypto::Blake2b256(
      format::ByteWriter(256).Short("PlaceHold").Fixed(id).Short(reason.substr(0, 255)).bytes());
  absl::StatusOr<RequestSlot> slot = OpenRequest(ports, ScopeOf(caller), request_id, digest);
  if (!slot.ok()) return slot.status();
  base::Outcome<Held> outcome;
  if (slot->repeated) return outcome;
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  if (taxonomy == nullptr || !taxonomy->Knows("hold.reason", reason)) return CodeUnknown();

  Case& record = reach->found.record;
  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  AddHold(ports, record, reason, caller, leaves);
  const absl::StatusOr<bool> spared = Spare(ports.rows, id, outcome.changes);
  if (!spared.ok()) return spared.status();
  if (*spared) leaves.ByStaff(format::LeafKind::kCaseKept, caller);
  CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

void AddHold(const Ports& ports, Case& record, const std::string& reason, const base::StaffSlug& by, CaseLeaves& leaves) {
  if (HasHold(record, reason)) return;
  record.holds.push_back({reason, ports.clock.Today()});
  leaves.ByStaff(format::LeafKind::kHoldPlaced, by, format::details::Hold(reason));
}

void EndHold(const Ports& ports, Case& record, const std::string& reason, const base::StaffSlug& by, CaseLeaves& leaves) {
  std::erase_if(record.holds, [&](const Hold& hold) { return hold.reason == reason; });
  record.marks.lifted = ports.clock.Today();
  leaves.ByStaff(format::LeafKind::kHoldLifted, by, format::details::Hold(reason));
}

}  // namespace alcove::cases
