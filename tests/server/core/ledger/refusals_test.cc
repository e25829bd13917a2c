#include "server/core/ledger/refusals.h"

#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

class RefusalsTest : public testing::Test {
 protected:
  base::Outcome<std::monostate> Decide(std::string_view caller, int64_t unix_seconds) {
    auto outcome =
        DecideRefusal(rows, organisation, Slug(caller), base::Instant(std::chrono::seconds(unix_seconds)), random);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return *std::move(outcome);
  }
  // Leaves written.
  size_t Refuse(std::string_view caller, int64_t unix_seconds) {
    auto outcome = Decide(caller, unix_seconds);
    const size_t leaves = outcome.leaves.size();
    EXPECT_TRUE(rows.Commit(std::move(outcome)).ok());
    return leaves;
  }

  SeededRandom random{4};
  base::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  MapRows rows;
  static constexpr int64_t kNoon = 1'700'000'040 / 60 * 60;
};

TEST_F(RefusalsTest, OneLeafForEachCallerAndMinute) {
  EXPECT_EQ(Refuse("amira", kNoon), 1U);
  EXPECT_EQ(Refuse("amira", kNoon), 0U);
  EXPECT_EQ(Refuse("amira", kNoon + 59), 0U);
  EXPECT_EQ(Refuse("boris", kNoon + 59), 1U);
  EXPECT_EQ(Refuse("amira", kNoon + 60), 1U);
  EXPECT_EQ(Refuse("boris", kNoon + 60), 1U);
  EXPECT_EQ(rows.frontier.size(), 4U);
}

TEST_F(RefusalsTest, ARepetitionWritesNothingAtAll) {
  Refuse("amira", kNoon);
  auto again = Decide("amira", kNoon + 1);
  EXPECT_TRUE(again.changes.empty());
  EXPECT_TRUE(again.leaves.empty());
}

TEST_F(RefusalsTest, TwoAtOnceLeaveOneLeaf) {
  auto first = Decide("amira", kNoon);
  auto second = Decide("amira", kNoon);
  EXPECT_TRUE(rows.Commit(std::move(first)).ok());
  EXPECT_FALSE(rows.Commit(std::move(second)).ok()) << "the loser decides again";
  EXPECT_EQ(Refuse("amira", kNoon), 0U);
  // The same when the person's row is there already.
  auto third = Decide("amira", kNoon + 60);
  auto fourth = Decide("amira", kNoon + 60);
  EXPECT_TRUE(rows.Commit(std::move(third)).ok());
  EXPECT_FALSE(rows.Commit(std::move(fourth)).ok());
  EXPECT_EQ(rows.frontier.size(), 2U);
}

TEST_F(RefusalsTest, TheLeafNamesCallerAndTimeAndNothingElse) {
  auto outcome = Decide("amira", kNoon + 7);
  const base::ChangeSet& changes = outcome.changes;
  const Opening* opening = nullptr;
  for (const auto& write : changes.writes())
    if (write.table == base::Table::kOpening) opening = static_cast<const Opening*>(write.record.get());
  ASSERT_NE(opening, nullptr);
  auto leaf = format::ParseLeaf(opening->content);
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->kind, format::LeafKind::kAccessRefused);
  EXPECT_EQ(leaf->actor, "amira");
  EXPECT_EQ(leaf->time, (kNoon + 7) % 86400 + 1);
  EXPECT_TRUE(leaf->case_id.IsZero());
  EXPECT_EQ(leaf->number, 0U);
  EXPECT_TRUE(leaf->details.empty());
}

TEST_F(RefusalsTest, AClockThatJumpsBackBeginsANewMinute) {
  EXPECT_EQ(Refuse("amira", kNoon), 1U);
  EXPECT_EQ(Refuse("amira", kNoon - 86400), 1U);
  EXPECT_EQ(Refuse("amira", kNoon - 86400), 0U);
}

}  // namespace
}  // namespace alcove::ledger
