// What a look at the clock says, and when a leap stops holding things back.
#include "server/core/clocks/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "server/core/ledger/records.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using clocks::LookAt;
using clocks::SeenTime;
using clocks::Turn;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const base::Instant kNoon = base::StartOf(*base::Day::FromText("2026-11-23")) + hours(12);

SeenTime SeenAt(base::Instant instant) {
  SeenTime time;
  time.seen = instant;
  return time;
}

TEST(SeenTime, ADayExactlyIsNoLeapAndASecondMoreIs) {
  EXPECT_EQ(LookAt(SeenAt(kNoon), kNoon + days(1), seconds(0)).turn, Turn::kNone);
  const clocks::Look look = LookAt(SeenAt(kNoon), kNoon + days(1) + seconds(1), seconds(0));
  EXPECT_EQ(look.turn, Turn::kFroze);
  EXPECT_EQ(look.time.freeze->from, base::DayOf(kNoon));
  EXPECT_EQ(look.time.freeze->to, base::DayOf(kNoon + days(1)));
  EXPECT_EQ(look.time.freeze->since, look.time.freeze->to);
  EXPECT_EQ(look.time.freeze->ran, seconds(0));
}

TEST(SeenTime, TimeThatTheServiceRanIsNoLeap) {
  EXPECT_EQ(LookAt(SeenAt(kNoon), kNoon + days(3), hours(48)).turn, Turn::kNone);
  EXPECT_EQ(LookAt(SeenAt(kNoon), kNoon + days(3) + seconds(1), hours(48)).turn, Turn::kFroze);
  EXPECT_EQ(LookAt(SeenAt(kNoon), kNoon + days(3), seconds(-5)).turn, Turn::kFroze) << "no credit for nonsense";
}

TEST(SeenTime, GoesBackNever) {
  const clocks::Look look = LookAt(SeenAt(kNoon), kNoon - days(30), hours(1));
  EXPECT_EQ(look.turn, Turn::kNone);
  EXPECT_EQ(look.time.seen, kNoon);
  EXPECT_EQ(LookAt(look.time, kNoon + hours(1), seconds(0)).turn, Turn::kNone) << "caught up";
}

TEST(SeenTime, AClockSetRightEndsTheFreezeWithoutATrace) {
  const SeenTime frozen = LookAt(SeenAt(kNoon), kNoon + days(400), seconds(0)).time;
  EXPECT_EQ(frozen.seen, kNoon) << "the leap is not believed";
  const clocks::Look look = LookAt(frozen, kNoon + hours(5), hours(5));
  EXPECT_EQ(look.turn, Turn::kTakenBack);
  EXPECT_FALSE(look.time.freeze);
  EXPECT_EQ(look.time.seen, kNoon + hours(5));
  EXPECT_EQ(LookAt(frozen, kNoon + days(399), hours(5)).turn, Turn::kNone) << "control: still far ahead";
}

TEST(SeenTime, SeventyTwoHoursOfRunningEndTheFreezeHoweverOftenItIsRestarted) {
  SeenTime time = LookAt(SeenAt(kNoon), kNoon + days(400), seconds(0)).time;
  base::Instant now = kNoon + days(400);
  for (int start = 0; start < 71; ++start) {
    now += days(2) + hours(1);  // switched off for two days, each time a leap of its own, and on for an hour
    const clocks::Look look = LookAt(time, now, hours(1));
    ASSERT_EQ(look.turn, Turn::kNone) << start;
    ASSERT_TRUE(look.time.freeze) << start;
    EXPECT_EQ(look.time.freeze->to, base::DayOf(now));
    time = look.time;
  }
  EXPECT_EQ(LookAt(time, now + hours(1), hours(1) - seconds(1)).turn, Turn::kNone);
  const clocks::Look look = LookAt(time, now + hours(1), hours(1));
  EXPECT_EQ(look.turn, Turn::kRanOut);
  EXPECT_FALSE(look.time.freeze);
  EXPECT_EQ(look.time.seen, now + hours(1));
}

TEST(SeenTime, LeapingAgainProlongsNothing) {
  SeenTime time = LookAt(SeenAt(kNoon), kNoon + days(10), seconds(0)).time;
  time = LookAt(time, kNoon + days(500), hours(71)).time;
  EXPECT_EQ(time.freeze->from, base::DayOf(kNoon));
  EXPECT_EQ(time.freeze->to, base::DayOf(kNoon + days(500)));
  EXPECT_EQ(LookAt(time, kNoon + days(900), hours(1)).turn, Turn::kRanOut);
}

TEST(SeenTime, TheDayItLeaptToStaysWhileTheClockOnlyRuns) {
  const SeenTime frozen = LookAt(SeenAt(kNoon), kNoon + days(400), seconds(0)).time;
  const SeenTime later = LookAt(frozen, kNoon + days(402), hours(48)).time;
  EXPECT_EQ(later.freeze->to, base::DayOf(kNoon + days(400)));
  EXPECT_EQ(later.freeze->ran, hours(48));
  EXPECT_EQ(later.freeze->since, frozen.freeze->since) << "leaping again is no new beginning";
  EXPECT_EQ(LookAt(later, kNoon + days(403), seconds(0)).time.freeze->to, frozen.freeze->to) << "a day off is no leap";
  EXPECT_EQ(LookAt(later, kNoon + days(403) + seconds(1), seconds(0)).time.freeze->to, base::DayOf(kNoon + days(403)));
}

TEST(SeenTime, HoldsBeforeAnybodyHasLookedAndWhileTheClockIsBehind) {
  EXPECT_FALSE(clocks::Holds(std::nullopt, kNoon));
  std::optional<base::Versioned<SeenTime>> row;
  row.emplace(SeenAt(kNoon), base::RowVersion());
  EXPECT_FALSE(clocks::Holds(row, kNoon + days(1)));
  EXPECT_TRUE(clocks::Holds(row, kNoon + days(1) + seconds(1)));
  EXPECT_TRUE(clocks::Holds(row, kNoon - days(1)));
  EXPECT_FALSE(clocks::Holds(row, kNoon - hours(1))) << "the same day";
  row->record.freeze.emplace();
  EXPECT_TRUE(clocks::Holds(row, kNoon));
}

class Observing : public testing::Test {
 protected:
  Turn Observe(seconds ran, bool keep = false) {
    auto outcome = clocks::Observe(world.rows, world.file.id, world.clock.now, ran, keep, world.random);
    EXPECT_TRUE(outcome.ok());
    kept = !outcome->changes.empty();
    for (const base::ChangeSet::Write& write : outcome->changes.writes())
      if (write.table == base::Table::kOpening)
        leaf = *format::ParseLeaf(static_cast<const ledger::Opening&>(*write.record).content);
    const auto answer = world.Carry(std::move(outcome));
    EXPECT_TRUE(answer.ok());
    return answer->turn;
  }
  World world;
  bool kept = false;
  std::optional<format::Leaf> leaf;
};

TEST_F(Observing, TheFirstLookIsWrittenDownAndLaterOnesWhenAsked) {
  EXPECT_EQ(Observe(seconds(0)), Turn::kNone);
  EXPECT_TRUE(kept);
  world.clock.now += hours(1);
  EXPECT_EQ(Observe(hours(1)), Turn::kNone);
  EXPECT_FALSE(kept);
  EXPECT_EQ(Observe(hours(1), true), Turn::kNone);
  EXPECT_TRUE(kept);
  EXPECT_EQ((*clocks::LastSeen(world.rows))->record.seen, world.clock.now);
}

TEST_F(Observing, FreezingConfirmingAndReleasingAreLeavesOfNoCase) {
  Observe(seconds(0));
  const base::Day before = world.clock.Today();
  world.clock.now += days(400);
  const std::uint64_t leaves = world.rows.leaves();
  EXPECT_EQ(Observe(seconds(5)), Turn::kFroze);
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->kind, format::LeafKind::kClockFrozen);
  EXPECT_EQ(leaf->details, format::details::ClockFrozen(before, world.clock.Today()));
  EXPECT_TRUE(leaf->case_id.IsZero());
  EXPECT_EQ(Observe(seconds(0)), Turn::kNone);
  EXPECT_EQ(world.rows.leaves(), leaves + 1);

  base::Outcome<std::monostate> outcome;
  EXPECT_TRUE(*clocks::Confirm(world.rows, world.file.id, Slug("ada"), world.clock.now, world.random, outcome.changes,
                               outcome.leaves));
  leaf = *format::ParseLeaf(
      static_cast<const ledger::Opening&>(*outcome.changes.writes().back().record).content);
  EXPECT_EQ(leaf->kind, format::LeafKind::kClockConfirmed);
  ASSERT_TRUE(world.Carry(absl::StatusOr<base::Outcome<std::monostate>>(std::move(outcome))).ok());
  EXPECT_FALSE(*clocks::HoldsNow(world.rows, world.clock.now));

  base::Outcome<std::monostate> again;
  EXPECT_FALSE(*clocks::Confirm(world.rows, world.file.id, Slug("ada"), world.clock.now, world.random, again.changes,
                                again.leaves));
  EXPECT_TRUE(again.changes.empty());

  world.clock.now += days(2);
  EXPECT_EQ(Observe(seconds(0)), Turn::kFroze);
  world.clock.now += hours(72);
  EXPECT_EQ(Observe(hours(72)), Turn::kRanOut);
  EXPECT_EQ(leaf->kind, format::LeafKind::kClockReleased);
}

}  // namespace
}  // namespace alcove::world
