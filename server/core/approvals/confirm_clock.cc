#include "server/core/approvals/confirm_clock.h"

#include <optional>

#include "server/core/approvals/errors.h"
#include "server/core/clocks/seen.h"

namespace alcove::approvals {
namespace {

// Nothing when nothing is frozen.
absl::StatusOr<std::optional<Leap>> LeapNow(const cases::Ports& ports) {
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  if (!*seen || !(*seen)->record.freeze) return std::nullopt;
  return Leap{(*seen)->record.freeze->from, (*seen)->record.freeze->to};
}

}  // namespace

absl::StatusOr<Leap> LeapToConfirm(const cases::Ports& ports, const NewApproval& asked) {
  const absl::StatusOr<std::optional<Leap>> leap = LeapNow(ports);
  if (!leap.ok()) return leap.status();
  if (!*leap || !asked.case_id.IsZero() || !asked.terms.person.empty()) return ApprovalRefused();
  return **leap;
}

absl::Status ConfirmLeap(const cases::Ports& ports, const Leap& leap, const base::StaffSlug& requester,
                         base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves) {
  const absl::StatusOr<std::optional<Leap>> now = LeapNow(ports);
  if (!now.ok()) return now.status();
  if (*now != leap) return ApprovalRefused();
  return clocks::Confirm(ports.rows, ports.organisation.id(), requester, ports.clock.Now(), ports.random, changes, leaves)
      .status();
}

}  // namespace alcove::approvals
