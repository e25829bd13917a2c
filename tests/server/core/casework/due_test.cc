// Measures that nobody carries out: marked once, then somebody else is let in.
#include "tests/server/core/casework/scene.h"

namespace alcove::world {
namespace {

class Overdue : public CaseUnderWay {
 protected:
  void SetUp() override {
    CaseUnderWay::SetUp();
    // No other clock is to lapse meanwhile.
    cases::Case record = Record();
    record.marks.acknowledged = record.marks.feedback = world.clock.Today();
    world.rows.Put(std::move(record));
  }
  bool Released(const std::string& slug) {
    for (const grants::Holder& holder : Record().thread.holders)
      if (holder.staff.text() == slug && holder.released && !holder.lost) return true;
    return false;
  }
};

TEST_F(Overdue, AMeasureIsMarkedOnceAfterItsLastDayAndOnlyTheTeamSeesIt) {
  const base::MeasureId id = Ordered(NoContact());
  PassDays(5);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Count(LeafKind::kMeasureOverdue), 0u) << "the last day counts";
  PassDays(1);
  const std::uint32_t visible = Record().leaf_count;
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(MeasureRow(id).overdue);
  ASSERT_TRUE(Review().ok());
  PassDays(1);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Count(LeafKind::kMeasureOverdue), 1u);
  EXPECT_EQ(Record().leaf_count, visible);
  EXPECT_TRUE(world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id))->measures[0].overdue);
}

TEST_F(Overdue, PastTheDaysOfGraceTheEscalationRecipientIsLetIn) {
  Ordered(NoContact());
  PassDays(8);  // five days, and three of grace
  EXPECT_FALSE(Review()->lapsed);
  EXPECT_FALSE(Released("erik"));
  PassDays(1);
  EXPECT_TRUE(Review()->lapsed);
  EXPECT_TRUE(Released("erik"));
  EXPECT_TRUE(Released(assignee.text()));
  EXPECT_FALSE(Review()->lapsed) << "once";
}

TEST_F(Overdue, WhereNoRecipientIsLeftSomebodyFromOutsideReads) {
  Ordered(NoContact());
  cases::Case record = Record();
  record.wall.struck_out.push_back(Slug("erik"));
  world.rows.Put(std::move(record));
  PassDays(9);
  const auto reviewed = Review();
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_TRUE(reviewed->lapsed);
  EXPECT_FALSE(Released("erik"));
  EXPECT_NE(Released("fay"), Released("finn"));
}

TEST_F(Overdue, WhatIsDoneOrCancelledIsNeverLate) {
  const base::MeasureId done = Ordered(NoContact()), cancelled = Ordered(NoContact());
  ASSERT_TRUE(Step(done, MeasureState::kDone).ok());
  ASSERT_TRUE(Step(cancelled, MeasureState::kCancelled).ok());
  PassDays(60);
  EXPECT_FALSE(Review()->lapsed);
  EXPECT_EQ(Count(LeafKind::kMeasureOverdue), 0u);
}

TEST_F(Overdue, AClosedCaseHasNoLateMeasures) {
  Ordered(NoContact());
  PutState(State::kClosed);
  PassDays(60);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Count(LeafKind::kMeasureOverdue), 0u);
  EXPECT_FALSE(Released("erik"));
}

TEST_F(Overdue, AClockThatJumpsBackAndForthMarksNothingTwice) {
  const base::MeasureId id = Ordered(NoContact());
  PassDays(400);
  ASSERT_TRUE(Review().ok());
  world.clock.now -= std::chrono::hours(24 * 430);
  ASSERT_TRUE(Review().ok());
  world.clock.now += std::chrono::hours(24 * 430);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Count(LeafKind::kMeasureOverdue), 1u);
  EXPECT_TRUE(MeasureRow(id).overdue);
}

TEST_F(Overdue, AMeasureWhoseOwnerLosesTheCaseGoesToWhoeverHasIt) {
  const base::MeasureId id = Ordered(NoContact());
  const base::StaffSlug before = assignee;
  ASSERT_TRUE(
      world.Carry(guard::RecuseFromCase(world.ports(), before, reporter.case_id, world.RequestId())).ok());
  const base::StaffSlug next = world.AssigneeOf(reporter);
  ASSERT_NE(next, before);
  const auto shown = [&] {
    return world.Carry(cases::GetCase(world.ports(), next, reporter.case_id))->measures.at(0).owner;
  };
  EXPECT_EQ(shown(), next) << "at once, before anybody reviews";
  EXPECT_EQ(world.Carry(casework::ListTasks(world.ports(), next, {}))->tasks.back().owner, next);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(MeasureRow(id).owner, next) << "and no name is kept of who left";
  EXPECT_EQ(Count(LeafKind::kMeasureChanged), 1u);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Count(LeafKind::kMeasureChanged), 1u);
}

}  // namespace
}  // namespace alcove::world
