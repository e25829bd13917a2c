#include "server/core/exports/exports.h"

#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/approvals/state.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/exports/errors.h"

namespace alcove::exports {
namespace {

absl::StatusOr<bool> AnyUndecided(const cases::Ports& ports, const cases::Case& record) {
  bool undecided = false;
  absl::Status status = ports.rows.Scan<cases::Approval>(
      base::RowKey(record.id), "", SIZE_MAX, [&](base::Versioned<cases::Approval> row) {
        undecided = approvals::StateOf(ports, &record, row.record) == approvals::State::kOpen;
        return !undecided;
      });
  if (!status.ok()) return status;
  return undecided;
}

}  // namespace

absl::StatusOr<base::Outcome<Exported>> ExportCase(const cases::Ports& ports, const base::StaffSlug& caller,
                                                   const base::CaseId& id, const std::string& request_id,
                                                   format::ExportPurpose purpose) {
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  const crypto::Digest asked = crypto::Blake2b256(
      format::ByteWriter(32).Short("ExportCase").Fixed(id).U8(static_cast<std::uint8_t>(purpose)).bytes());
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, asked);
  if (!slot.ok()) return slot.status();
  base::Outcome<Exported> outcome;
  if (slot->repeated) {
    outcome.answer.leaf = format::ByteReader(slot->repeated->answer).U32();
    return outcome;
  }
  cases::Case& record = reach->found.record;
  // Its leaf is one that the reporter sees.
  if (cases::IsVeiled(record)) return cases::ReporterUnanswered();
  const bool on_hold = record.state == cases::State::kOnHold || cases::IsHeld(record);
  if (purpose == format::ExportPurpose::kAccused && on_hold) return ExportOnHold();
  const absl::StatusOr<bool> undecided = AnyUndecided(ports, record);
  if (!undecided.ok()) return undecided.status();
  if (*undecided) return ApprovalsStand();

  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaff(format::LeafKind::kCaseExported, caller, format::details::Exported(purpose));
  outcome.answer.leaf = record.leaf_count;
  cases::CloseRequest(*std::move(slot), format::ByteWriter(4).U32(record.leaf_count).Take(), outcome.changes);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::exports
