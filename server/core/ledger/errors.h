// What this room refuses, and what it finds broken.
#pragma once

#include <absl/status/status.h>

#include <string_view>

namespace alcove::ledger {

// The tree has no such leaf or size among what is published: unknown, not yet published and a dummy's neighbour alike.
absl::Status NotPublished();

// Stored rows contradict each other, so the tree cannot be continued or proved. DATA_LOSS; `what` is a literal.
absl::Status TreeDamaged(std::string_view what);

// The tree cannot take more leaves than the contract can count.
absl::Status TreeFull();

}  // namespace alcove::ledger
