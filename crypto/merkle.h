// The verifier's half of the ledger: RFC 6962 (and 9162) hashes and proofs. It shares no code with the tree that the
// server builds, so that a mistake there shows here. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace alcove::crypto {

Digest MerkleLeafHash(BytesView leaf);                           // SHA-256(0x00 ‖ leaf)
Digest MerkleNodeHash(const Digest& left, const Digest& right);  // SHA-256(0x01 ‖ left ‖ right)
Digest MerkleEmptyRoot();                                        // SHA-256("")

// UNAUTHENTICATED unless `proof` shows that `leaf_hash` stands at position `index` of the tree of `size` leaves with
// this root. The proof must have exactly the length that index and size ask for.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash, const std::vector<Digest>& proof,
                             const Digest& root);
// The root that the proof leads to; INVALID_ARGUMENT when index or length do not fit the size.
absl::StatusOr<Digest> RootFromInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash,
                                         const std::vector<Digest>& proof);

// UNAUTHENTICATED unless `proof` shows that the tree of `first` leaves is the beginning of the tree of `second`.
// `first` = 0 proves nothing and is refused: an empty tree begins every tree, compare with MerkleEmptyRoot yourself.
absl::Status VerifyConsistency(uint64_t first, uint64_t second, const std::vector<Digest>& proof,
                               const Digest& first_root, const Digest& second_root);

}  // namespace alcove::crypto
