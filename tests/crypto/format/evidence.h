// A tree built word for word as RFC 6962 says, and the evidence that tests make with it.
#pragma once

#include "crypto/merkle.h"
#include "crypto/format/proof.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format::test {

// RFC 6962 section 2.1, word for word; slow, and of these tests only.
inline size_t Split(size_t n) {
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
inline Digest Root(const std::vector<Digest>& leaves) {
  if (leaves.size() == 1) return leaves[0];
  size_t k = Split(leaves.size());
  return crypto::MerkleNodeHash(Root({leaves.begin(), leaves.begin() + static_cast<long>(k)}),
                                Root({leaves.begin() + static_cast<long>(k), leaves.end()}));
}
inline std::vector<Digest> Path(size_t m, const std::vector<Digest>& leaves) {
  if (leaves.size() == 1) return {};
  size_t k = Split(leaves.size());
  std::vector<Digest> left(leaves.begin(), leaves.begin() + static_cast<long>(k));
  std::vector<Digest> right(leaves.begin() + static_cast<long>(k), leaves.end());
  auto path = m < k ? Path(m, left) : Path(m - k, right);
  path.push_back(m < k ? Root(right) : Root(left));
  return path;
}
inline std::vector<Digest> Consistency(size_t m, const std::vector<Digest>& leaves, bool whole = true) {
  if (m == leaves.size()) return whole ? std::vector<Digest>() : std::vector<Digest>{Root(leaves)};
  size_t k = Split(leaves.size());
  std::vector<Digest> left(leaves.begin(), leaves.begin() + static_cast<long>(k));
  std::vector<Digest> right(leaves.begin() + static_cast<long>(k), leaves.end());
  auto proof = m <= k ? Consistency(m, left, whole) : Consistency(m - k, right, false);
  proof.push_back(m <= k ? Root(right) : Root(left));
  return proof;
}

inline std::vector<Digest> Strangers(size_t count) {
  std::vector<Digest> hashes;
  for (size_t i = 0; i < count; ++i) hashes.push_back(LeafHash(Fixed<Digest>("stranger " + std::to_string(i))));
  return hashes;
}

inline Bytes FiledLeaf(uint32_t number = 1) {
  Leaf leaf;
  leaf.kind = number == 1 ? LeafKind::kCaseFiled : LeafKind::kCaseClaimed;
  leaf.organisation = Organisation();
  leaf.case_id = Case();
  leaf.number = number;
  leaf.day = Day(20778);
  if (number == 1) leaf.details = details::Filed(Fixed<Digest>("entry"));
  return LeafContent(leaf);
}

inline LeafSalt SaltOf(uint32_t number) { return Fixed<LeafSalt>("salt " + std::to_string(number)); }

inline Promise PromiseIn(size_t position, size_t count) {
  Promise promise;
  promise.organisation = Organisation();
  promise.day = Day(20778);
  promise.commitment = LeafCommitment(SaltOf(1), FiledLeaf());
  auto group = Strangers(count);
  group[position] = LeafHash(promise.commitment);
  promise.position = static_cast<uint32_t>(position);
  promise.count = static_cast<uint32_t>(count);
  promise.path = Path(position, group);
  promise.signature = SignPromise(Signing("log"), promise.organisation, promise.day, promise.count, Root(group));
  return promise;
}

inline Bytes CheckpointOf(const std::vector<Digest>& leaves) {
  return SignCheckpoint({.organisation = Organisation(), .size = leaves.size(), .root = Root(leaves)}, Signing("log"));
}

// Filed at index 5 of a tree of 64, which a tree of 128 continues.
inline ProofOfFiling WholeProof() {
  ProofOfFiling proof;
  proof.organisation = Organisation();
  proof.log_key = Signing("log").verify_key();
  proof.leaf = FiledLeaf();
  proof.salt = SaltOf(1);
  proof.promise = PromiseBytes(PromiseIn(2, 7));
  auto newer = Strangers(128);
  newer[5] = LeafHash(LeafCommitment(proof.salt, proof.leaf));
  std::vector<Digest> older(newer.begin(), newer.begin() + 64);
  proof.inclusion = Inclusion{.index = 5, .path = Path(5, older), .checkpoint = CheckpointOf(older)};
  proof.continuation = Continuation{.path = Consistency(64, newer), .newer_checkpoint = CheckpointOf(newer)};
  proof.anchor = Anchor{.organisation_file = *OrganisationText(TestOrganisation()),
                        .directory_note = DirectoryNoteBytes(TestDirectory(), {"ada", "bo"})};
  return proof;
}

// Three leaves of one case, the first two published.
inline SavedLedger ThreeLeaves() {
  SavedLedger ledger;
  ledger.organisation = Organisation();
  ledger.case_id = Case();
  ledger.log_key = Signing("log").verify_key();
  auto tree = Strangers(64);
  for (uint32_t i = 1; i <= 3; ++i) {
    SavedLeaf leaf{.content = FiledLeaf(i), .salt = SaltOf(i), .index = {}, .path = {}};
    if (i < 3) {
      leaf.index = 10 * i;
      tree[10 * i] = LeafHash(LeafCommitment(leaf.salt, leaf.content));
    }
    ledger.leaves.push_back(leaf);
  }
  for (SavedLeaf& leaf : ledger.leaves) {
    if (leaf.index) leaf.path = Path(*leaf.index, tree);
  }
  ledger.checkpoint = CheckpointOf(tree);
  return ledger;
}

}  // namespace alcove::format::test
