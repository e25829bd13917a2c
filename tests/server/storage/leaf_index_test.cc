#include "server/storage/leaf_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

std::vector<crypto::Digest> DrawHashes(std::size_t count) {
  std::vector<crypto::Digest> hashes(count);
  for (crypto::Digest& hash : hashes) hash = Draw<crypto::Digest>();
  return hashes;
}

bool Has(const LeafIndex& leaves, const crypto::Digest& hash, std::uint64_t place) {
  const std::vector<std::uint64_t> candidates = leaves.Candidates(hash);
  return std::find(candidates.begin(), candidates.end(), place) != candidates.end();
}

TEST(LeafIndex, FindsEveryLeafAtItsPlaceAndHardlyAnyOther) {
  const std::vector<crypto::Digest> hashes = DrawHashes(20000);
  LeafIndex leaves;
  EXPECT_TRUE(leaves.Candidates(hashes[0]).empty());
  for (std::size_t at = 0; at < hashes.size(); at += 100) leaves.Append({hashes.data() + at, 100});
  EXPECT_EQ(leaves.size(), hashes.size());
  std::size_t candidates = 0;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    EXPECT_TRUE(Has(leaves, hashes[i], i)) << i;
    candidates += leaves.Candidates(hashes[i]).size();
  }
  EXPECT_LE(candidates, hashes.size() + 10);
  std::size_t foreign = 0;
  for (const crypto::Digest& hash : DrawHashes(20000)) foreign += leaves.Candidates(hash).size();
  EXPECT_LE(foreign, 10U);
}

TEST(LeafIndex, LeavesThatBeginAlikeAreAllCandidates) {
  std::vector<crypto::Digest> hashes = DrawHashes(3000);
  for (std::size_t i = 0; i < hashes.size(); ++i) std::fill_n(hashes[i].data(), 4, i % 3 == 0 ? 0xff : i % 3 == 1 ? 0 : 0x80);
  LeafIndex leaves;
  leaves.Append(hashes);
  EXPECT_EQ(leaves.Candidates(hashes[0]).size(), 1000U);
  for (std::size_t i = 0; i < hashes.size(); ++i) EXPECT_TRUE(Has(leaves, hashes[i], i)) << i;
}

TEST(LeafIndex, WhatWasSkippedHasAPlaceAndIsNotForgotten) {
  const std::vector<crypto::Digest> hashes = DrawHashes(300);
  LeafIndex leaves;
  leaves.Append({hashes.data(), 100});
  EXPECT_TRUE(leaves.whole());
  leaves.Skip(5000);
  leaves.Append({hashes.data() + 100, 200});
  EXPECT_FALSE(leaves.whole());
  EXPECT_EQ(leaves.size(), 5300U);
  EXPECT_TRUE(Has(leaves, hashes[99], 99));
  EXPECT_TRUE(Has(leaves, hashes[100], 5100));
  EXPECT_TRUE(Has(leaves, hashes[299], 5299));
}

TEST(LeafIndex, ReadersFindWhatIsThereWhileItGrows) {
  const std::vector<crypto::Digest> hashes = DrawHashes(30000);
  LeafIndex leaves;
  std::atomic<std::size_t> there{0};
  std::atomic<bool> missing{false};
  std::thread reader([&] {
    while (there < hashes.size())
      if (const std::size_t size = there; size > 0 && !Has(leaves, hashes[size - 1], size - 1)) missing = true;
  });
  for (std::size_t at = 0; at < hashes.size(); at += 10) {
    leaves.Append({hashes.data() + at, 10});
    there = at + 10;
  }
  reader.join();
  EXPECT_FALSE(missing);
}

}  // namespace
}  // namespace alcove::storage
