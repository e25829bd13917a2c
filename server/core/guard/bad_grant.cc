#include "server/core/guard/bad_grant.h"

#include "crypto/format/epoch.h"
#include "crypto/format/leaf.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/show.h"

namespace alcove::guard {

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
  const absl::StatusOr<format::ParsedEpoch> made = format::ParseEpoch(epoch.record);
  if (!made.ok()) return base::Broken("a stored epoch is damaged");
  if (state.reported) return false;
  state.reported = true;
  const crypto::Bytes details = format::details::GrantBad(bad.keyring, bad.epoch, made->maker);
  if (reporter.empty()) {
    leaves.ByReporter(format::LeafKind::kGrantBad, details);
  } else {
    leaves.ByStaffIn(bad.keyring, format::LeafKind::kGrantBad, reporter, details);
  }
  return true;
}

}  // namespace alcove::guard
