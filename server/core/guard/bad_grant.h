// A grant that does not open. Nobody on the server can tell; its reader can, and says so.
#pragma once

#include <absl/status/statusor.h>

#include <span>

#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::guard {

struct BadGrant {
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t epoch = 0;
};

// Marks the keyring's current epoch, so that the next entry brings a new one, and drafts the leaf that names who wrapped it:
// the epoch's maker, or, for a reader who was added later, whoever asked for them;
// `reporter` of the grant is empty for the mailbox. False when that epoch was reported before: one leaf is enough.
//   EPOCH_STALE             the epoch is not the current one: what comes next is made anew already
//   FIELD_INVALID("epoch")  it has no grant for any of `keys`
absl::StatusOr<bool> MarkBadGrant(const cases::Ports& ports, cases::Case& record, const BadGrant& bad,
                                  std::span<const crypto::KeyId> keys, const base::StaffSlug& reporter,
                                  cases::CaseLeaves& leaves);

}  // namespace alcove::guard
