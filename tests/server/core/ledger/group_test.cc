#include "server/core/ledger/group.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/format/proof.h"
#include "crypto/merkle.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

class CommitGroupTest : public testing::Test {
 protected:
  // A group of `plain` leaves and then `promised` leaves; their promises.
  std::vector<format::Promise> PromisesOf(uint32_t plain, uint32_t promised, uint64_t seed) {
    SeededRandom draws(seed);
    CommitGroup group(Frontier(), draws);
    for (uint32_t i = 0; i < plain; ++i) EXPECT_TRUE(group.Append({.commitment = DigestOf(1000 + i)}).ok());
    for (uint32_t i = 0; i < promised; ++i)
      EXPECT_TRUE(group.Append({.commitment = DigestOf(i), .wants_promise = true}).ok());
    const auto bytes = group.Promises(organisation, day, log_key);
    EXPECT_EQ(bytes.size(), plain + promised);
    std::vector<format::Promise> promises;
    for (uint32_t i = 0; i < bytes.size(); ++i) {
      EXPECT_EQ(bytes[i].empty(), i < plain);
      if (i < plain) continue;
      auto promise = format::ParsePromise(bytes[i]);
      EXPECT_TRUE(promise.ok()) << promise.status();
      if (promise.ok()) promises.push_back(*promise);
    }
    return promises;
  }

  SeededRandom random{1};
  format::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  crypto::SigningKey log_key = crypto::SigningKey::Draw(random);
  format::Day day{20000};
};

TEST_F(CommitGroupTest, GivesIndexesInOrderAfterTheFrontier) {
  Frontier frontier;
  for (uint64_t i = 0; i < 5; ++i) frontier.Append(DigestOf(i));
  CommitGroup group(frontier, random);
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(*group.Append({.commitment = DigestOf(5)}), 5U);
  EXPECT_EQ(*group.Append({.commitment = DigestOf(6)}), 6U);
  EXPECT_FALSE(group.empty());
  EXPECT_EQ(group.Root(), SlowTree::OfSize(7).Root(7));
  EXPECT_EQ(frontier.size(), 5U) << "a group that is dropped leaves the tree alone";
}

TEST_F(CommitGroupTest, AGroupWithoutLeavesWritesNothing) {
  CommitGroup group(Frontier(), random);
  EXPECT_TRUE(group.Promises(organisation, day, log_key).empty());
  EXPECT_TRUE(group.Rows().empty());
}

TEST_F(CommitGroupTest, PadsToTheNextMultipleAndNotBeyond) {
  CommitGroup group(Frontier(), random);
  ASSERT_TRUE(group.Pad(64).ok());
  EXPECT_EQ(group.size(), 0U);
  ASSERT_TRUE(group.Append({.commitment = DigestOf(0)}).ok());
  ASSERT_TRUE(group.Pad(64).ok());
  EXPECT_EQ(group.size(), 64U);
  ASSERT_TRUE(group.Pad(64).ok());
  EXPECT_EQ(group.size(), 64U);
}

TEST_F(CommitGroupTest, EveryLeafDummiesIncludedGetsOnePlaceRow) {
  CommitGroup group(Frontier(), random);
  ASSERT_TRUE(group.Append({.commitment = DigestOf(0)}).ok());
  ASSERT_TRUE(group.Pad(64).ok());
  std::set<uint64_t> indexes;
  std::set<std::string> hashes;
  int tiles = 0;
  int trees = 0;
  const base::ChangeSet rows = group.Rows();
  for (const auto& write : rows.writes()) {
    if (write.table == base::Table::kLeaf) {
      indexes.insert(static_cast<const LeafPlace&>(*write.record).index);
      hashes.insert(write.key);
    }
    tiles += write.table == base::Table::kTile;
    trees += write.table == base::Table::kTree;
  }
  EXPECT_EQ(indexes.size(), 64U);
  EXPECT_EQ(*indexes.rbegin(), 63U);
  EXPECT_EQ(hashes.size(), 64U);
  EXPECT_EQ(tiles, 1);
  EXPECT_EQ(trees, 1);
}

TEST_F(CommitGroupTest, AllLeavesHaveThePlaceThatTheTreeProves) {
  MapRows rows;
  for (int i = 0; i < 7; ++i) {
    base::Transaction transaction;
    for (int leaf = 0; leaf < 20; ++leaf)
      transaction.leaves.push_back({.commitment = DigestOf(static_cast<uint64_t>(i * 20 + leaf))});
    ASSERT_TRUE(rows.Commit(std::move(transaction)).ok());
  }
  for (uint64_t i = 0; i < 140; ++i) {
    auto place = rows.Get<LeafPlace>(LeafHash(DigestOf(i)).str());
    ASSERT_TRUE(place.ok() && place->has_value());
    EXPECT_EQ((*place)->record.index, i);
  }
}

TEST_F(CommitGroupTest, PromisesOfEverySizeOfGroupVerifyUnderTheLogKey) {
  for (uint32_t promised : {1U, 2U, 3U, 17U, 63U, 64U, 65U, 100U}) {
    const auto promises = PromisesOf(3, promised, promised);
    ASSERT_EQ(promises.size(), promised);
    std::set<uint32_t> positions;
    for (uint32_t i = 0; i < promised; ++i) {
      EXPECT_TRUE(format::VerifyPromise(promises[i], log_key.verify_key()).ok());
      EXPECT_EQ(promises[i].commitment, DigestOf(i));
      EXPECT_EQ(promises[i].organisation, organisation);
      EXPECT_EQ(promises[i].day, day);
      EXPECT_EQ(promises[i].signature, promises[0].signature) << "one signature a group";
      positions.insert(promises[i].position);
    }
    EXPECT_EQ(positions.size(), promised) << "each leaf has a place of its own";
  }
}

TEST_F(CommitGroupTest, APromiseDoesNotSayHowManyOthersThereWere) {
  const auto alone = PromisesOf(0, 1, 11);
  const auto among_sixty = PromisesOf(30, 60, 12);
  EXPECT_EQ(alone[0].count, kPromisePlaces);
  EXPECT_EQ(among_sixty[0].count, kPromisePlaces);
  EXPECT_EQ(alone[0].path.size(), among_sixty[0].path.size());
  // The first leaf of a group does not always stand first.
  std::set<uint32_t> positions;
  for (uint64_t seed = 0; seed < 20; ++seed) positions.insert(PromisesOf(0, 2, seed)[0].position);
  EXPECT_GT(positions.size(), 10U);
}

TEST_F(CommitGroupTest, APromiseForOtherBytesDoesNotVerify) {
  const auto promises = PromisesOf(0, 5, 21);
  const format::Promise& honest = promises[2];
  ASSERT_TRUE(format::VerifyPromise(honest, log_key.verify_key()).ok());
  const crypto::Bytes bytes = format::PromiseBytes(honest);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    crypto::Bytes bent = bytes;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    auto promise = format::ParsePromise(bent);
    if (!promise.ok()) continue;
    EXPECT_FALSE(format::VerifyPromise(*promise, log_key.verify_key()).ok()) << "bit " << bit;
  }
  const crypto::SigningKey other = crypto::SigningKey::Draw(random);
  EXPECT_FALSE(format::VerifyPromise(honest, other.verify_key()).ok());
}

TEST_F(CommitGroupTest, NothingIsSignedWhereNoPromiseIsWanted) {
  CommitGroup group(Frontier(), random);
  ASSERT_TRUE(group.Append({.commitment = DigestOf(0)}).ok());
  const auto promises = group.Promises(organisation, day, log_key);
  ASSERT_EQ(promises.size(), 1U);
  EXPECT_TRUE(promises[0].empty());
}

}  // namespace
}  // namespace alcove::ledger
