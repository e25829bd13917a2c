// What a new epoch must be: granted to exactly the people who may read on, in one record that its writer stands for.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/epoch.h"
#include "server/core/grants/holder.h"

namespace alcove::grants {

// One line of an epoch record as it is required.
struct Required {
  crypto::KeyId key_id;
  format::ReleaseCondition condition = format::ReleaseCondition::kAssigned;

  friend bool operator==(const Required&, const Required&) = default;
};

// A new epoch as it arrived. Views point into the request.
struct NewEpoch {
  crypto::BytesView record;
  std::vector<crypto::BytesView> grants;
};

// What the record must be bound to.
struct Binding {
  format::EpochScope scope;
  crypto::KeyId maker;                  // the key that signs the entry bringing it
  std::uint32_t directory_version = 0;  // where the readers' keys stand
};

// The record is well formed and bound to this scope and maker; its readers are exactly `readers` (a set: order is the
// maker's, the mailbox first in THREAD); the grants are exactly those it lists. EPOCH_INVALID for the record,
// GRANTS_MISMATCH for readers and grants. The keys inside cannot be checked here: nobody on the server can open them.
absl::Status CheckNewEpoch(const NewEpoch& epoch, const Binding& binding, std::span<const Required> readers);

}  // namespace alcove::grants
