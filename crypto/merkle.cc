#include "crypto/merkle.h"

#include "crypto/hash.h"

namespace alcove::crypto {
namespace {

// The two walks of RFC 9162 section 2.1.3.2 and 2.1.4.2 climb from a node and from the last node of the tree together.
// Skips the levels where the node is the last of an odd row and has no sibling.
void SkipLonely(uint64_t& node, uint64_t& last) {
  while ((node & 1) == 0 && node != 0) {
    node >>= 1;
    last >>= 1;
  }
}

}  // namespace

Digest MerkleLeafHash(BytesView leaf) { return Sha256Stream().Update(BytesView("\0", 1)).Update(leaf).Finish(); }

Digest MerkleNodeHash(const Digest& left, const Digest& right) {
  return Sha256Stream().Update(BytesView("\1", 1)).Update(left.view()).Update(right.view()).Finish();
}

Digest MerkleEmptyRoot() { return Sha256({}); }

absl::StatusOr<Digest> RootFromInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash,
                                         const std::vector<Digest>& proof) {
  if (index >= size) return errors::OutOfRange("the index of a leaf");
  uint64_t node = index;
  uint64_t last = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (last == 0) return errors::Malformed("an inclusion proof longer than its tree");
    if ((node & 1) == 1 || node == last) {
      hash = MerkleNodeHash(sibling, hash);
      SkipLonely(node, last);
    } else {
      hash = MerkleNodeHash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return errors::Malformed("an inclusion proof shorter than its tree");
  return hash;
}

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash, const std::vector<Digest>& proof,
                             const Digest& root) {
  const auto reached = RootFromInclusion(index, size, leaf_hash, proof);
  if (!reached.ok() || *reached != root) return errors::DoesNotVerify("an inclusion proof");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(uint64_t first, uint64_t second, const std::vector<Digest>& proof,
                               const Digest& first_root, const Digest& second_root) {
  const absl::Status refused = errors::DoesNotVerify("a consistency proof");
  if (first == 0 || first > second) return refused;
  if (first == second) return proof.empty() && first_root == second_root ? absl::OkStatus() : refused;

  uint64_t node = first - 1;
  uint64_t last = second - 1;
  while ((node & 1) == 1) {
    node >>= 1;
    last >>= 1;
  }
  // A first tree of 2^n leaves is a whole subtree of the second: its root begins the walk and is not in the proof.
  auto next = proof.begin();
  Digest old_hash = first_root;
  if (node != 0) {
    if (next == proof.end()) return refused;
    old_hash = *next++;
  }
  Digest new_hash = old_hash;
  for (; next != proof.end(); ++next) {
    if (last == 0) return refused;
    if ((node & 1) == 1 || node == last) {
      old_hash = MerkleNodeHash(*next, old_hash);
      new_hash = MerkleNodeHash(*next, new_hash);
      SkipLonely(node, last);
    } else {
      new_hash = MerkleNodeHash(new_hash, *next);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == first_root && new_hash == second_root ? absl::OkStatus() : refused;
}

}  // namespace alcove::crypto
