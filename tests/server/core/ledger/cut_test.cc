#include "server/core/ledger/cut.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/format/checkpoint.h"
#include "crypto/merkle.h"
#include "server/core/ledger/proofs.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

base::Instant At(int64_t unix_seconds) { return base::Instant(seconds(unix_seconds)); }

class CutTest : public testing::Test {
 protected:
  void Happen(uint64_t leaves) {
    base::Transaction transaction;
    for (uint64_t i = 0; i < leaves; ++i) transaction.leaves.push_back({.commitment = DigestOf(happened++)});
    ASSERT_TRUE(rows.Commit(std::move(transaction)).ok());
  }
  format::Checkpoint Cut() {
    now += hours(1);
    EXPECT_TRUE(rows.Commit(DecideCut(organisation, log_keys, now, random)).ok());
    auto newest = GetCheckpoint(rows);
    EXPECT_TRUE(newest.ok()) << newest.status();
    auto checkpoint = format::VerifyCheckpoint(newest->note, organisation, log_key.verify_key());
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
    return checkpoint.ok() ? *checkpoint : format::Checkpoint();
  }

  SeededRandom random{2};
  base::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  crypto::SigningKey log_key = crypto::SigningKey::Draw(random);
  LogKeys log_keys{log_key.Clone()};
  MapRows rows;
  base::Instant now = At(1'700'000'000);
  uint64_t happened = 0;
};

TEST_F(CutTest, ATreeWithoutAnythingIsPublishedAsSixtyFourDummies) {
  const auto checkpoint = Cut();
  EXPECT_EQ(checkpoint.size, 64U);
  EXPECT_EQ(checkpoint.root, rows.frontier.Root());
}

TEST_F(CutTest, AnHourOfNothingGrowsAsAnHourOfSixtyThreeActs) {
  for (uint64_t acts : {0, 1, 2, 31, 62, 63}) {
    const uint64_t before = Cut().size;
    Happen(acts);
    EXPECT_EQ(Cut().size, before + 64) << acts << " acts";
  }
}

TEST_F(CutTest, PublishedSizesAreMultiplesOfSixtyFourWhateverHappened) {
  uint64_t before = 0;
  for (int i = 0; i < 40; ++i) {
    Happen(random.Below(200));
    const uint64_t size = Cut().size;
    EXPECT_EQ(size % 64, 0U);
    EXPECT_GE(size, before + 64);
    before = size;
  }
}

TEST_F(CutTest, ThePublishedSizeMovesOnlyAtCuts) {
  const auto checkpoint = Cut();
  const crypto::Bytes note = GetCheckpoint(rows)->note;
  Happen(500);
  EXPECT_EQ(GetCheckpoint(rows)->note, note);
  EXPECT_GT(Cut().size, checkpoint.size);
}

TEST_F(CutTest, EachCheckpointContinuesTheOneBefore) {
  auto before = Cut();
  for (int i = 0; i < 12; ++i) {
    Happen(random.Below(150));
    const auto after = Cut();
    auto proof = GetConsistencyProof(rows, before.size, after.size);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_TRUE(crypto::VerifyConsistency(before.size, after.size, proof->hashes, before.root, after.root).ok());
    before = after;
  }
}

TEST_F(CutTest, DummiesLookLikeLeavesInEverythingThatIsShown) {
  Happen(1);
  const auto checkpoint = Cut();
  auto tree = PublishedTree::Newest(rows);
  ASSERT_TRUE(tree.ok());
  const auto hashes = *tree->LeafHashes(0, checkpoint.size);
  ASSERT_EQ(hashes.size(), 64U);
  EXPECT_EQ(hashes[0], LeafHash(DigestOf(0)));
  std::set<crypto::Digest> different(hashes.begin(), hashes.end());
  EXPECT_EQ(different.size(), 64U) << "no two dummies are the same";
  for (const crypto::Digest& hash : hashes) {
    auto proof = GetInclusionProof(rows, hash.view(), 0);
    ASSERT_TRUE(proof.ok()) << "a proof that is refused would tell a dummy from a leaf";
    EXPECT_TRUE(crypto::VerifyInclusion(proof->index, proof->size, hash, proof->hashes, checkpoint.root).ok());
  }
}

TEST_F(CutTest, TwoLedgersOfTheSameActsHaveDifferentDummies) {
  Happen(3);
  const auto first = Cut();
  MapRows others;
  SeededRandom other_random(99);
  base::Transaction transaction;
  for (uint64_t i = 0; i < 3; ++i) transaction.leaves.push_back({.commitment = DigestOf(i)});
  ASSERT_TRUE(others.Commit(std::move(transaction)).ok());
  ASSERT_TRUE(others.Commit(DecideCut(organisation, log_keys, now, other_random)).ok());
  EXPECT_NE(others.frontier.Root(), first.root);
}

TEST_F(CutTest, WhileALogKeyIsReplacedBothKeysSign) {
  const crypto::SigningKey next = crypto::SigningKey::Draw(random);
  const LogKeys both(log_key.Clone(), next.Clone());
  ASSERT_TRUE(rows.Commit(DecideCut(organisation, both, now, random)).ok());
  const auto newest = GetCheckpoint(rows);
  ASSERT_TRUE(newest.ok());
  EXPECT_TRUE(format::VerifyCheckpoint(newest->note, organisation, log_key.verify_key()).ok());
  EXPECT_TRUE(format::VerifyCheckpoint(newest->note, organisation, next.verify_key()).ok());
  const crypto::SigningKey stranger = crypto::SigningKey::Draw(random);
  EXPECT_FALSE(format::VerifyCheckpoint(newest->note, organisation, stranger.verify_key()).ok());
}

TEST(LogKeysTest, TheDirectorySaysWhichOfTheKeysPromises) {
  SeededRandom random{3};
  const crypto::SigningKey old = crypto::SigningKey::Draw(random);
  const crypto::SigningKey next = crypto::SigningKey::Draw(random);
  LogKeys keys(old.Clone(), next.Clone());
  EXPECT_EQ(keys.current().verify_key(), old.verify_key());
  ASSERT_TRUE(keys.Follow(next.verify_key()));
  EXPECT_EQ(keys.current().verify_key(), next.verify_key());
  EXPECT_EQ(keys.other()->verify_key(), old.verify_key());
  EXPECT_FALSE(keys.Follow(crypto::SigningKey::Draw(random).verify_key()));
  EXPECT_EQ(keys.current().verify_key(), next.verify_key()) << "a key that is not held changes nothing";
  LogKeys alone(old.Clone());
  EXPECT_FALSE(alone.Follow(next.verify_key()));
  EXPECT_EQ(alone.other(), nullptr);
}

TEST(CutSchedule, IsDueOnceInEachInterval) {
  EXPECT_TRUE(CutDue(std::nullopt, At(5), hours(1)));
  EXPECT_FALSE(CutDue(At(3600), At(3600), hours(1)));
  EXPECT_FALSE(CutDue(At(3600), At(7199), hours(1)));
  EXPECT_TRUE(CutDue(At(3600), At(7200), hours(1)));
  EXPECT_TRUE(CutDue(At(7199), At(7200), hours(1)));
  EXPECT_TRUE(CutDue(At(100'000), At(7200), hours(1))) << "a clock that was set back does not stop the cuts";
  EXPECT_TRUE(CutDue(At(10), At(12), seconds(2)));
  EXPECT_FALSE(CutDue(At(10), At(11), seconds(2)));
}

TEST(CutSchedule, NextCutIsTheNextWholeMultipleOfTheInterval) {
  EXPECT_EQ(NextCut(At(0), hours(1)), At(3600));
  EXPECT_EQ(NextCut(At(3599), hours(1)), At(3600));
  EXPECT_EQ(NextCut(At(3600), hours(1)), At(7200));
  EXPECT_EQ(NextCut(At(-1), hours(1)), At(0));
  for (int64_t t : {0, 1, 59, 60, 61, 3601}) {
    const base::Instant next = NextCut(At(t), seconds(60));
    EXPECT_FALSE(CutDue(At(t), next - seconds(1), seconds(60)));
    EXPECT_TRUE(CutDue(At(t), next, seconds(60)));
  }
}

}  // namespace
}  // namespace alcove::ledger
