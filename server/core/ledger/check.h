// The long check of a ledger at rest, for `alcoved check` and after a restore.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"
#include "server/core/base/reader.h"

namespace alcove::ledger {

struct CheckedLedger {
  std::uint64_t size = 0;         // leaves, dummies included
  std::uint64_t checkpoints = 0;  // published trees, each checked
  std::uint64_t openings = 0;     // leaves of no case, each opened
  crypto::Digest root;
};

// Rebuilds the tree from its leaf hashes alone and compares every tile, the tail, every checkpoint's root and
// signature, every leaf's place and every opening with what is stored. DataLoss at the first that differs. Reads the
// whole ledger, a tile at a time; a checkpoint is good under any of `log_keys` (those that ever were). The caller sees to it that nothing is written meanwhile.
absl::StatusOr<CheckedLedger> CheckLedger(const base::Reader& rows, const base::OrganisationId& organisation,
                                          std::span<const crypto::VerifyKey> log_keys);

// A leaf of a case, for the same check of the case's rows: content and salt lead to a leaf of the tree, whose index is
// the answer. DataLoss when they do not.
absl::StatusOr<std::uint64_t> CheckOpening(const base::Reader& rows, crypto::BytesView content, crypto::BytesView salt);

}  // namespace alcove::ledger
