#include "server/core/guard/bad_grant.h"

#include <algorithm>

#include "crypto/format/approval.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/show.h"

namespace alcove::guard {
namespace {

bool IsAmong(std::span<const crypto::KeyId> keys, const crypto::KeyId& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// The signing key of whoever wrapped the grant to one of `keys`. A machine has one grant of the current epoch. Those that
// the record lists its maker wrapped; one that was added later, whoever asked for its reader and carried it out.
absl::StatusOr<crypto::KeyId> WrapperOf(const cases::Ports& ports, const cases::Case& record,
                                        const cases::KeyringState& state, const cases::Epoch& epoch,
                                        std::span<const crypto::KeyId> keys) {
  const bool added = std::any_of(epoch.added.begin(), epoch.added.end(), [&](const crypto::Bytes& bytes) {
    const absl::StatusOr<format::ParsedGrant> grant = format::ParseGrant(bytes);
    return grant.ok() && IsAmong(keys, grant->recipient);
  });
  if (!added) {
    const absl::StatusOr<format::ParsedEpoch> made = format::ParseEpoch(epoch.record);
    if (!made.ok()) return base::Broken("a stored epoch is damaged");
    return made->maker;
  }
  const auto line = std::find_if(state.holders.begin(), state.holders.end(), [&](const grants::Holder& holder) {
    return !holder.approval.IsZero() && IsAmong(keys, holder.key_id);
  });
  if (line == state.holders.end()) return base::Broken("a grant was added to nobody");
  auto approval = ports.rows.Get<cases::Approval>(base::RowKey(record.id, line->approval));
  if (!approval.ok()) return approval.status();
  if (!*approval) return base::Broken("a reader was added by an approval that is not there");
  const absl::StatusOr<format::ParsedApprovalRequest> request =
      format::ParseApprovalRequest((*approval)->record.request);
  if (!request.ok()) return base::Broken("a kept request does not parse");
  return request->statement.requester;
}

}  // namespace

absl::StatusOr<bool> MarkBadGrant(const cases::Ports& ports, cases::Case& record, const BadGrant& bad,
                                  std::span<const crypto::KeyId> keys, const base::StaffSlug& reporter,
                                  cases::CaseLeaves& leaves) {
  cases::KeyringState& state = bad.keyring == format::Keyring::kThread ? record.thread : record.team;
  if (state.epochs == 0 || bad.epoch != state.epochs - 1) return cases::EpochStale();
  auto row = ports.rows.Get<cases::Epoch>(base::RowKey(record.id, static_cast<std::uint8_t>(bad.keyring), bad.epoch));
  if (!row.ok()) return row.status();
  if (!*row) return base::Broken("an epoch of a case is missing");
  const cases::Epoch& epoch = (*row)->record;
  if (cases::GrantsTo({epoch}, {keys.begin(), keys.end()}).empty()) return base::FieldInvalid("epoch");
  if (state.reported) return false;
  const absl::StatusOr<crypto::KeyId> wrapper = WrapperOf(ports, record, state, epoch, keys);
  if (!wrapper.ok()) return wrapper.status();
  state.reported = true;
  const crypto::Bytes details = format::details::GrantBad(bad.keyring, bad.epoch, *wrapper);
  if (reporter.empty()) {
    leaves.ByReporter(format::LeafKind::kGrantBad, details);
  } else {
    leaves.ByStaffIn(bad.keyring, format::LeafKind::kGrantBad, reporter, details);
  }
  return true;
}

}  // namespace alcove::guard
