#include "crypto/merkle.h"

#include "crypto/hash.h"
#include "gtest/gtest.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

// The tree as RFC 6962 section 2.1 writes it down, recursively: too slow for a ledger, too short to be wrong.
Digest Root(const std::vector<Digest>& leaves, size_t from, size_t to) {
  if (to - from == 1) return leaves[from];
  size_t half = 1;
  while (half * 2 < to - from) half *= 2;
  return MerkleNodeHash(Root(leaves, from, from + half), Root(leaves, from + half, to));
}

std::vector<Digest> Path(const std::vector<Digest>& leaves, size_t index, size_t from, size_t to) {
  if (to - from == 1) return {};
  size_t half = 1;
  while (half * 2 < to - from) half *= 2;
  std::vector<Digest> path =
      index < half ? Path(leaves, index, from, from + half) : Path(leaves, index - half, from + half, to);
  path.push_back(index < half ? Root(leaves, from + half, to) : Root(leaves, from, from + half));
  return path;
}

std::vector<Digest> Consistency(const std::vector<Digest>& leaves, size_t first, size_t from, size_t to, bool whole) {
  if (first == to - from) return whole ? std::vector<Digest>{} : std::vector<Digest>{Root(leaves, from, to)};
  size_t half = 1;
  while (half * 2 < to - from) half *= 2;
  std::vector<Digest> proof;
  if (first <= half) {
    proof = Consistency(leaves, first, from, from + half, whole);
    proof.push_back(Root(leaves, from + half, to));
  } else {
    proof = Consistency(leaves, first - half, from + half, to, false);
    proof.push_back(Root(leaves, from, from + half));
  }
  return proof;
}

std::vector<Digest> Leaves(size_t count) {
  std::vector<Digest> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(MerkleLeafHash("leaf " + std::to_string(i)));
  return leaves;
}

TEST(Merkle, EveryLeafOfEverySizeIsIncluded) {
  const auto leaves = Leaves(40);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Digest root = Root(leaves, 0, size);
    for (size_t index = 0; index < size; ++index) {
      const auto path = Path(leaves, index, 0, size);
      EXPECT_TRUE(VerifyInclusion(index, size, leaves[index], path, root).ok()) << index << " of " << size;
      // Nor does it stand anywhere else.
      for (size_t other = 0; other < size; ++other) {
        if (other != index) {
          EXPECT_FALSE(VerifyInclusion(other, size, leaves[index], path, root).ok());
        }
      }
    }
  }
}

TEST(Merkle, EverySizeBeginsEveryLaterOne) {
  const auto leaves = Leaves(40);
  for (size_t second = 1; second <= leaves.size(); ++second) {
    for (size_t first = 1; first <= second; ++first) {
      const auto proof = Consistency(leaves, first, 0, second, true);
      const Digest old_root = Root(leaves, 0, first);
      const Digest new_root = Root(leaves, 0, second);
      EXPECT_TRUE(VerifyConsistency(first, second, proof, old_root, new_root).ok()) << first << " of " << second;
      if (first == second) continue;
      EXPECT_FALSE(VerifyConsistency(first, second, proof, new_root, new_root).ok());
      EXPECT_FALSE(VerifyConsistency(first, second, proof, old_root, old_root).ok());
      EXPECT_FALSE(VerifyConsistency(second, first, proof, old_root, new_root).ok());
    }
  }
}

TEST(Merkle, RefusesEveryChangedBitOfAProof) {
  const auto leaves = Leaves(13);
  const auto path = Path(leaves, 11, 0, 13);
  const auto proof = Consistency(leaves, 6, 0, 13, true);
  const Digest root = Root(leaves, 0, 13);
  const Digest old_root = Root(leaves, 0, 6);
  ASSERT_TRUE(VerifyInclusion(11, 13, leaves[11], path, root).ok());
  ASSERT_TRUE(VerifyConsistency(6, 13, proof, old_root, root).ok());
  for (size_t i = 0; i < path.size(); ++i) {
    test::ForEachFlippedBit(path[i].view(), [&](const Bytes& changed) {
      auto wrong = path;
      wrong[i] = *Digest::FromBytes(changed);
      EXPECT_TRUE(errors::IsUnverified(VerifyInclusion(11, 13, leaves[11], wrong, root)));
    });
  }
  for (size_t i = 0; i < proof.size(); ++i) {
    test::ForEachFlippedBit(proof[i].view(), [&](const Bytes& changed) {
      auto wrong = proof;
      wrong[i] = *Digest::FromBytes(changed);
      EXPECT_TRUE(errors::IsUnverified(VerifyConsistency(6, 13, wrong, old_root, root)));
    });
  }
}

TEST(Merkle, RefusesProofsOfAnotherLength) {
  const auto leaves = Leaves(13);
  auto path = Path(leaves, 11, 0, 13);
  auto proof = Consistency(leaves, 6, 0, 13, true);
  const Digest root = Root(leaves, 0, 13);
  path.push_back(Digest());
  EXPECT_FALSE(VerifyInclusion(11, 13, leaves[11], path, root).ok());
  path.resize(path.size() - 2);
  EXPECT_FALSE(VerifyInclusion(11, 13, leaves[11], path, root).ok());
  proof.push_back(Digest());
  EXPECT_FALSE(VerifyConsistency(6, 13, proof, Root(leaves, 0, 6), root).ok());
  proof.resize(proof.size() - 2);
  EXPECT_FALSE(VerifyConsistency(6, 13, proof, Root(leaves, 0, 6), root).ok());
  EXPECT_FALSE(VerifyConsistency(6, 13, {}, Root(leaves, 0, 6), root).ok());
}

TEST(Merkle, ALeafCannotPassForANode) {
  const auto leaves = Leaves(4);
  const Digest root = Root(leaves, 0, 4);
  // The inner node as the only leaf's neighbour: 0x00 and 0x01 in front keep them apart.
  const Digest node = MerkleNodeHash(leaves[0], leaves[1]);
  EXPECT_FALSE(VerifyInclusion(0, 2, MerkleLeafHash(leaves[0].str() + leaves[1].str()),
                               {MerkleNodeHash(leaves[2], leaves[3])}, root)
                   .ok());
  // Control: the arithmetic of that tree itself holds.
  EXPECT_TRUE(VerifyInclusion(0, 2, node, {MerkleNodeHash(leaves[2], leaves[3])}, root).ok());
}

TEST(Merkle, ExtremeSizesDoNotOverflow) {
  const std::vector<Digest> path(64);
  const uint64_t most = ~uint64_t{0};
  EXPECT_FALSE(VerifyInclusion(most, most, Digest(), path, Digest()).ok());
  EXPECT_FALSE(VerifyInclusion(most - 1, most, Digest(), path, Digest()).ok());
  EXPECT_FALSE(VerifyInclusion(0, 0, Digest(), {}, Digest()).ok());
  EXPECT_FALSE(VerifyConsistency(0, most, path, Digest(), Digest()).ok());
  EXPECT_FALSE(VerifyConsistency(most - 1, most, path, Digest(), Digest()).ok());
}

}  // namespace
}  // namespace alcove::crypto
