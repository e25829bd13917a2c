#include "server/core/ledger/tree.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/encoding.h"
#include "crypto/merkle.h"
#include "tests/server/core/ledger/world.h"
#include "tests/tree/source_dir.h"

namespace alcove::ledger {
namespace {

using crypto::Digest;
using nlohmann::json;

json ReadVectors(const std::string& name) {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/../shared/vectors/merkle/" + name);
  if (!file) return nullptr;
  return json::parse(file);
}

Digest FromHex(const std::string& hex) { return *Digest::FromBytes(*crypto::HexDecode(hex)); }
Digest FromBase64(const std::string& text) { return *Digest::FromBytes(*crypto::Base64Decode(text)); }

// The leaves of the reference tree that transparency logs share.
std::vector<Digest> ReferenceLeafHashes() {
  std::vector<Digest> hashes;
  for (const char* hex :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"})
    hashes.push_back(crypto::MerkleLeafHash(*crypto::HexDecode(hex)));
  return hashes;
}

Frontier Grow(uint64_t size) {
  Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.Append(DigestOf(i));
  return frontier;
}

TEST(Tree, TheEmptyTreeHasTheRootOfRfc6962) {
  EXPECT_EQ(Frontier().Root(), FromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(Tree, TheFirstEightSizesHaveTheReferenceRoots) {
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  const auto leaves = ReferenceLeafHashes();
  for (size_t i = 0; i < leaves.size(); ++i) {
    frontier.AppendLeafHash(leaves[i]);
    EXPECT_EQ(frontier.Root(), FromHex(roots[i])) << "size " << i + 1;
  }
}

TEST(Tree, TheReferenceTreeOfTheSharedVectorsIsBuiltNodeForNode) {
  const json vectors = ReadVectors("rfc6962_reference_tree.json");
  if (vectors.is_null()) GTEST_SKIP() << "../shared/vectors/merkle/rfc6962_reference_tree.json is not here";
  Frontier frontier;
  EXPECT_EQ(frontier.Root(), FromHex(vectors["root_hashes_by_size"][0]));
  size_t size = 0;
  for (const json& leaf : vectors["leaf_inputs"]) {
    frontier.AppendLeafHash(crypto::MerkleLeafHash(*crypto::HexDecode(leaf.get<std::string>())));
    ++size;
    EXPECT_EQ(frontier.Root(), FromHex(vectors["root_hashes_by_size"][size]));
  }
  ASSERT_GT(size, 0U);
  std::cout << "vectors merkle/rfc6962_reference_tree.json: " << size + 1 << "\n";
}

TEST(Tree, TheSharedInclusionProofsAreTheOnesTheProverGives) {
  const json vectors = ReadVectors("inclusion.json");
  if (vectors.is_null()) GTEST_SKIP() << "../shared/vectors/merkle/inclusion.json is not here";
  const SlowTree tree(ReferenceLeafHashes());
  int same = 0;
  for (const json& vector : vectors) {
    if (vector["wantErr"].get<bool>()) continue;
    const uint64_t size = vector["treeSize"];
    const uint64_t index = vector["leafIdx"];
    if (size > 8 || FromBase64(vector["root"]) != tree.Root(size)) continue;
    Prover prover(tree, size);
    auto proof = prover.Inclusion(index);
    ASSERT_TRUE(proof.ok()) << vector["_file"];
    std::vector<Digest> expected;
    if (!vector["proof"].is_null())
      for (const json& hash : vector["proof"]) expected.push_back(FromBase64(hash));
    EXPECT_EQ(*proof, expected) << vector["_file"];
    ++same;
  }
  EXPECT_EQ(same, 5);
  std::cout << "vectors merkle/inclusion.json: " << same << " proofs built, of " << vectors.size() << " vectors\n";
}

TEST(Tree, TheSharedConsistencyProofsAreTheOnesTheProverGives) {
  const json vectors = ReadVectors("consistency.json");
  if (vectors.is_null()) GTEST_SKIP() << "../shared/vectors/merkle/consistency.json is not here";
  const SlowTree tree(ReferenceLeafHashes());
  int same = 0;
  for (const json& vector : vectors) {
    if (vector["wantErr"].get<bool>()) continue;
    const uint64_t from = vector["size1"];
    const uint64_t to = vector["size2"];
    // One vector is about equal roots whatever they are, and names no tree.
    auto root = Digest::FromBytes(*crypto::Base64Decode(vector["root2"].get<std::string>()));
    if (from == 0 || to > 8 || !root.ok() || *root != tree.Root(to)) continue;
    Prover prover(tree, to);
    auto proof = prover.Consistency(from);
    ASSERT_TRUE(proof.ok()) << vector["_file"];
    std::vector<Digest> expected;
    if (!vector["proof"].is_null())
      for (const json& hash : vector["proof"]) expected.push_back(FromBase64(hash));
    EXPECT_EQ(*proof, expected) << vector["_file"];
    ++same;
  }
  EXPECT_EQ(same, 5);
  std::cout << "vectors merkle/consistency.json: " << same << " proofs built, of " << vectors.size() << " vectors\n";
}

TEST(Tree, EverySizeHasTheRootOfTheRecursionAndRestoresFromItsTiles) {
  const SlowTree slow = SlowTree::OfSize(700);
  Frontier frontier;
  MapTiles tiles;
  for (uint64_t size = 1; size <= 700; ++size) {
    const auto appended = frontier.Append(DigestOf(size - 1));
    EXPECT_EQ(appended.index, size - 1);
    EXPECT_EQ(appended.leaf_hash, slow.leaf_hash(size - 1));
    ASSERT_EQ(frontier.Root(), slow.Root(size)) << "size " << size;
    tiles.Take(frontier);
    if (size > 140 && size % 7 != 0 && size % 64 != 0) continue;  // every size is slow without telling more
    auto restored = Frontier::Restore(frontier.Tail(), tiles);
    ASSERT_TRUE(restored.ok()) << "size " << size << ": " << restored.status();
    EXPECT_EQ(restored->size(), size);
    EXPECT_EQ(restored->Root(), frontier.Root());
    // What is restored goes on growing as what was never stopped.
    restored->Append(DigestOf(size));
    EXPECT_EQ(restored->Root(), size < 700 ? slow.Root(size + 1) : Grow(701).Root());
  }
}

TEST(Tree, ATreeThatStopsAndRestartsAllTheTimeWritesTheTilesOfOneThatNeverDid) {
  SeededRandom random(7);
  MapTiles once;
  MapTiles often;
  Frontier steady;
  Frontier restarted;
  while (steady.size() < 1500) {
    const uint32_t group = 1 + random.Below(90);
    for (uint32_t i = 0; i < group; ++i) {
      steady.Append(DigestOf(steady.size()));
      restarted.Append(DigestOf(restarted.size()));
    }
    once.Take(steady);
    often.Take(restarted);
    auto again = Frontier::Restore(restarted.Tail(), often);
    ASSERT_TRUE(again.ok()) << again.status();
    restarted = *std::move(again);
  }
  EXPECT_EQ(once.tiles, often.tiles);
}

TEST(Tree, TilesOfThreeLevelsHoldTheNodesOfTheRecursion) {
  constexpr uint64_t kSize = 256 * 256 + 640;
  const SlowTree slow = SlowTree::OfSize(kSize);
  Frontier frontier;
  MapTiles tiles;
  for (uint64_t i = 0; i < kSize; ++i) frontier.AppendLeafHash(slow.leaf_hash(i));
  tiles.Take(frontier);
  EXPECT_EQ(frontier.Root(), slow.Root(kSize));
  ASSERT_EQ(tiles.tiles.size(), (kSize + 255) / 256 + 2 + 1);
  for (const auto& [id, hashes] : tiles.tiles) {
    auto expected = slow.ReadTile(id);
    ASSERT_TRUE(expected.ok());
    EXPECT_EQ(hashes, *expected) << int{id.level} << "/" << id.index;
  }
  auto restored = Frontier::Restore(frontier.Tail(), tiles);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->Root(), frontier.Root());
  Prover prover(tiles, kSize);
  for (uint64_t index : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{65535}, uint64_t{65536}, kSize - 1}) {
    auto proof = prover.Inclusion(index);
    ASSERT_TRUE(proof.ok());
    EXPECT_TRUE(crypto::VerifyInclusion(index, kSize, slow.leaf_hash(index), *proof, frontier.Root()).ok());
  }
  for (uint64_t from : {uint64_t{1}, uint64_t{64}, uint64_t{65472}, uint64_t{65536}, uint64_t{65600}}) {
    auto proof = prover.Consistency(from);
    ASSERT_TRUE(proof.ok());
    EXPECT_TRUE(crypto::VerifyConsistency(from, kSize, *proof, slow.Root(from), frontier.Root()).ok()) << from;
  }
}

TEST(Tree, EveryInclusionProofOfSmallTreesVerifies) {
  const SlowTree slow = SlowTree::OfSize(100);
  for (uint64_t size = 1; size <= 100; ++size) {
    Prover prover(slow, size);
    const Digest root = slow.Root(size);
    EXPECT_EQ(*prover.Root(), root);
    for (uint64_t index = 0; index < size; ++index) {
      auto proof = prover.Inclusion(index);
      ASSERT_TRUE(proof.ok());
      ASSERT_TRUE(crypto::VerifyInclusion(index, size, slow.leaf_hash(index), *proof, root).ok())
          << index << " of " << size;
    }
  }
}

TEST(Tree, EveryConsistencyProofOfSmallTreesVerifies) {
  const SlowTree slow = SlowTree::OfSize(70);
  for (uint64_t to = 1; to <= 70; ++to) {
    Prover prover(slow, to);
    for (uint64_t from = 1; from <= to; ++from) {
      auto proof = prover.Consistency(from);
      ASSERT_TRUE(proof.ok());
      ASSERT_TRUE(crypto::VerifyConsistency(from, to, *proof, slow.Root(from), slow.Root(to)).ok())
          << from << " to " << to;
    }
  }
}

TEST(Tree, SampledProofsOfTreesUpToAThousandVerify) {
  const SlowTree slow = SlowTree::OfSize(1000);
  SeededRandom random(1000);
  for (int i = 0; i < 400; ++i) {
    const uint64_t size = 1 + random.Below(1000);
    const uint64_t index = random.Below(static_cast<uint32_t>(size));
    Prover prover(slow, size);
    auto inclusion = prover.Inclusion(index);
    ASSERT_TRUE(inclusion.ok());
    EXPECT_TRUE(crypto::VerifyInclusion(index, size, slow.leaf_hash(index), *inclusion, slow.Root(size)).ok())
        << index << " of " << size;
    auto consistency = prover.Consistency(index + 1);
    ASSERT_TRUE(consistency.ok());
    EXPECT_TRUE(crypto::VerifyConsistency(index + 1, size, *consistency, slow.Root(index + 1), slow.Root(size)).ok())
        << index + 1 << " to " << size;
  }
}

TEST(Tree, AProofWithOneBitFlippedAnywhereDoesNotVerify) {
  constexpr uint64_t kSize = 192;
  constexpr uint64_t kIndex = 77;
  const SlowTree slow = SlowTree::OfSize(kSize);
  Prover prover(slow, kSize);
  const auto inclusion = *prover.Inclusion(kIndex);
  const auto consistency = *prover.Consistency(kIndex);
  const Digest root = slow.Root(kSize);
  ASSERT_TRUE(crypto::VerifyInclusion(kIndex, kSize, slow.leaf_hash(kIndex), inclusion, root).ok());
  ASSERT_TRUE(crypto::VerifyConsistency(kIndex, kSize, consistency, slow.Root(kIndex), root).ok());
  for (size_t hash = 0; hash < inclusion.size(); ++hash) {
    for (size_t bit = 0; bit < 256; ++bit) {
      auto bent = inclusion;
      bent[hash] = FlipBit(bent[hash], bit);
      ASSERT_FALSE(crypto::VerifyInclusion(kIndex, kSize, slow.leaf_hash(kIndex), bent, root).ok());
    }
  }
  for (size_t hash = 0; hash < consistency.size(); ++hash) {
    for (size_t bit = 0; bit < 256; ++bit) {
      auto bent = consistency;
      bent[hash] = FlipBit(bent[hash], bit);
      ASSERT_FALSE(crypto::VerifyConsistency(kIndex, kSize, bent, slow.Root(kIndex), root).ok());
    }
  }
}

TEST(Tree, NoProofLeadsFromOneForkToTheOther) {
  // Two trees agree on 100 leaves; one bit of leaf 100 differs.
  Frontier left = Grow(100);
  Frontier right = left;
  MapTiles left_tiles;
  MapTiles right_tiles;
  left.Append(DigestOf(100));
  right.Append(FlipBit(DigestOf(100), 3));
  const Digest left_128 = [&] {
    while (left.size() < 128) left.Append(DigestOf(left.size()));
    return left.Root();
  }();
  for (Frontier* tree : {&left, &right})
    while (tree->size() < 256) tree->Append(DigestOf(tree->size()));
  left_tiles.Take(left);
  right_tiles.Take(right);
  Prover honest(left_tiles, 256);
  Prover forked(right_tiles, 256);
  EXPECT_TRUE(crypto::VerifyConsistency(128, 256, *honest.Consistency(128), left_128, left.Root()).ok());
  EXPECT_FALSE(crypto::VerifyConsistency(128, 256, *forked.Consistency(128), left_128, right.Root()).ok());
  EXPECT_FALSE(crypto::VerifyConsistency(128, 256, *honest.Consistency(128), left_128, right.Root()).ok());
}

TEST(Tree, ARestartRefusesRowsOfWhichAnyBitOfAnyHashChanged) {
  Frontier frontier;
  MapTiles tiles;
  for (uint64_t i = 0; i < 256 + 128 + 9; ++i) frontier.Append(DigestOf(i));
  tiles.Take(frontier);
  const TreeTail tail = frontier.Tail();
  ASSERT_TRUE(Frontier::Restore(tail, tiles).ok());
  size_t bit = 0;
  for (auto& [id, hashes] : tiles.tiles) {
    // A full tile below is behind its one hash above; the long check reads it, a restart does not.
    if (hashes.size() == kTileWidth) continue;
    for (Digest& hash : hashes) {
      const Digest kept = hash;
      for (size_t turn = 0; turn < 8; ++turn) {
        hash = FlipBit(kept, bit++ % 256);
        EXPECT_TRUE(absl::IsDataLoss(Frontier::Restore(tail, tiles).status()));
      }
      hash = kept;
    }
  }
  EXPECT_GT(bit, 128U * 8);
  for (size_t i = 0; i < 256; ++i) {
    TreeTail bent = tail;
    bent.root = FlipBit(bent.root, i);
    EXPECT_TRUE(absl::IsDataLoss(Frontier::Restore(bent, tiles).status()));
    bent = tail;
    bent.hashes[i % 9] = FlipBit(bent.hashes[i % 9], i);
    EXPECT_TRUE(absl::IsDataLoss(Frontier::Restore(bent, tiles).status()));
  }
}

TEST(Tree, ARestartRefusesRowsOfAnotherSize) {
  Frontier frontier = Grow(300);
  MapTiles tiles;
  tiles.Take(frontier);
  const TreeTail tail = frontier.Tail();
  ASSERT_TRUE(Frontier::Restore(tail, tiles).ok());
  for (auto change : {+1, -1, +64, -64, +256}) {
    TreeTail bent = tail;
    bent.size += static_cast<uint64_t>(change);
    EXPECT_TRUE(absl::IsDataLoss(Frontier::Restore(bent, tiles).status())) << change;
  }
  TreeTail shorter = tail;
  shorter.hashes.pop_back();
  --shorter.size;
  EXPECT_TRUE(absl::IsDataLoss(Frontier::Restore(shorter, tiles).status()));
  for (const auto& [id, hashes] : MapTiles(tiles).tiles) {
    MapTiles without = tiles;
    without.tiles.erase(id);
    const bool needed = hashes.size() < kTileWidth;
    EXPECT_EQ(Frontier::Restore(tail, without).ok(), !needed);
  }
}

TEST(Tree, AProverSaysDataLossForAMissingOrShortTile) {
  MapTiles tiles;
  Frontier frontier = Grow(512);
  tiles.Take(frontier);
  {
    Prover prover(tiles, 512);
    ASSERT_TRUE(prover.Inclusion(3).ok());
    ASSERT_TRUE(prover.LeafHashes(250, 12).ok());
  }
  tiles.tiles[{.level = 0, .index = 1}].resize(100);
  Prover shortened(tiles, 512);
  EXPECT_TRUE(absl::IsDataLoss(shortened.Inclusion(400).status()));
  EXPECT_TRUE(absl::IsDataLoss(shortened.LeafHashes(250, 200).status()));
  tiles.tiles.erase({.level = 0, .index = 1});
  Prover missing(tiles, 512);
  EXPECT_TRUE(absl::IsDataLoss(missing.Inclusion(400).status()));
  EXPECT_TRUE(absl::IsDataLoss(missing.LeafHashes(250, 12).status()));
}

TEST(Tree, LeafHashesComeInOrderAcrossTiles) {
  MapTiles tiles;
  const SlowTree slow = SlowTree::OfSize(640);
  Frontier frontier = Grow(640);
  tiles.Take(frontier);
  Prover prover(tiles, 640);
  auto hashes = prover.LeafHashes(200, 400);
  ASSERT_TRUE(hashes.ok());
  ASSERT_EQ(hashes->size(), 400U);
  for (uint64_t i = 0; i < 400; ++i) EXPECT_EQ((*hashes)[i], slow.leaf_hash(200 + i));
  EXPECT_TRUE(prover.LeafHashes(640, 0)->empty());
}

}  // namespace
}  // namespace alcove::ledger
