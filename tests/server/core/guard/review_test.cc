// What is due on a case, and when.
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using testing::ElementsAre;

using Reviewing = GuardedCase;

TEST_F(Reviewing, ACaseInOrderIsLeftAlone) {
  auto outcome = guard::Review(world.ports(), reporter.case_id);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_TRUE(outcome->changes.empty());
  EXPECT_TRUE(outcome->leaves.empty());
  outcome = guard::Review(world.ports(), format::DrawId<base::CaseId>(world.random));
  ASSERT_TRUE(outcome.ok()) << "a case that is not there";
  EXPECT_TRUE(outcome->changes.empty());
}

TEST_F(Reviewing, WhoeverDoesNotClaimInTimeLosesTheCaseToTheNextAndTheLastKeepsIt) {
  std::set<std::string> had;
  std::size_t turns = PeopleUnder(ReleaseCondition::kAssigned).size() + PeopleUnder(ReleaseCondition::kFallback).size();
  for (std::size_t turn = 1; turn < turns; ++turn) {
    const base::StaffSlug before = Assignee();
    EXPECT_TRUE(had.insert(before.text()).second) << "nobody has it twice";
    PassDays(1);
    ASSERT_TRUE(Review().ok());
    EXPECT_EQ(Assignee(), before) << "the last day counts";
    PassDays(1);
    ASSERT_TRUE(Review().ok());
    EXPECT_NE(Assignee(), before);
    ExpectLost(before.text());
  }
  const base::StaffSlug last = Assignee();
  PassDays(2);
  const auto reviewed = Review();
  ASSERT_TRUE(reviewed.ok());
  EXPECT_EQ(Assignee(), last) << "somebody has to have it";
}

TEST_F(Reviewing, AClaimedCaseStays) {
  const base::StaffSlug before = Assignee();
  ASSERT_TRUE(world.Carry(cases::ClaimCase(world.ports(), before, reporter.case_id, Etag(reporter), world.RequestId())).ok());
  PassDays(3);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Assignee(), before);
}

TEST_F(Reviewing, TheNextHasTheWholeTimeToClaim) {
  PassDays(2);
  ASSERT_TRUE(Review().ok());
  const base::StaffSlug next = Assignee();
  EXPECT_FALSE(Record().claimed);
  ASSERT_TRUE(world.Carry(cases::ClaimCase(world.ports(), next, reporter.case_id, Etag(reporter), world.RequestId())).ok());
  EXPECT_TRUE(Record().claimed);
}

class Lapsing : public GuardedCase {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        world.Carry(cases::ClaimCase(world.ports(), Assignee(), reporter.case_id, Etag(reporter), world.RequestId())).ok());
  }
  bool Released(const std::string& slug) {
    for (const grants::Holder& holder : Record().thread.holders)
      if (holder.staff.text() == slug && holder.released && !holder.lost) return true;
    return false;
  }
};

TEST_F(Lapsing, AnUnansweredReportGoesToTheEscalationRecipientAfterTheDaysOfGrace) {
  PassDays(10);  // seven days, and three of grace
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(Released("erik"));
  PassDays(1);
  const std::size_t seen = Record().leaf_count;
  const auto reviewed = Review();
  ASSERT_TRUE(reviewed.ok());
  EXPECT_TRUE(reviewed->lapsed);
  EXPECT_TRUE(Released("erik"));
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kGrantReleased));
  EXPECT_FALSE(world.Open(Slug("erik"), reporter.case_id, Keyring::kThread).empty());
  EXPECT_TRUE(Released(Assignee().text())) << "the investigator keeps the case";
  EXPECT_FALSE(Review()->lapsed) << "once";
}

TEST_F(Lapsing, AnAnswerInTimeKeepsTheGrantDormantAndFeedbackHasItsOwnClock) {
  cases::Case record = Record();
  record.marks.acknowledged = world.clock.Today();
  world.rows.Put(record);
  PassDays(80);
  EXPECT_FALSE(Review()->lapsed);
  PassDays(20);
  EXPECT_TRUE(Review()->lapsed) << "three months without feedback, and three days";
}

TEST_F(Lapsing, WhereNoRecipientIsLeftSomebodyFromOutsideReads) {
  ASSERT_TRUE(Exclude({}, {"erik"}).ok());
  PassDays(11);
  const auto reviewed = Review();
  ASSERT_TRUE(reviewed.ok());
  EXPECT_TRUE(reviewed->lapsed);
  EXPECT_TRUE(reviewed->fallback);
  EXPECT_FALSE(Released("erik"));
  EXPECT_NE(Released("fay"), Released("finn"));
  EXPECT_FALSE(Review()->lapsed) << "once";
}

TEST_F(Lapsing, AtTheEndAGrantThatWasNotNeededIsDestroyed) {
  cases::Case record = Record();
  record.state = cases::State::kClosed;
  world.rows.Put(record);
  ASSERT_TRUE(HasGrant("erik"));
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(HasGrant("erik"));
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kGrantDestroyed));
  PassDays(100);
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(Released("erik"));
  EXPECT_EQ(Record().leaf_count, seen + 1);
}

TEST_F(Lapsing, AGrantThatWasNeededStaysWithWhoeverUsedIt) {
  PassDays(11);
  ASSERT_TRUE(Review().ok());
  cases::Case record = Record();
  record.state = cases::State::kClosed;
  world.rows.Put(record);
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(HasGrant("erik"));
}

TEST_F(Reviewing, AGuestsGrantEndsAfterTheLastDay) {
  const std::string guest = Dormant();
  cases::Case record = Record();
  for (grants::Holder& holder : record.thread.holders) {
    if (holder.staff.text() != guest) continue;
    holder.condition = ReleaseCondition::kGuest;
    holder.released = true;
    holder.until = world.clock.Today().PlusDays(1);
  }
  world.rows.Put(record);
  cases::Membership membership;
  membership.staff = Slug(guest);
  membership.case_id = reporter.case_id;
  world.rows.Put(membership);
  PassDays(1);
  EXPECT_TRUE(world.Carry(cases::GetCase(world.ports(), Slug(guest), reporter.case_id)).ok());
  PassDays(1);
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), Slug(guest), reporter.case_id))), Reason::kNothingHere)
      << "before anybody reviews";
  ASSERT_TRUE(Review().ok());
  ExpectLost(guest);
}

TEST_F(Reviewing, AMachineThatLeavesTheDirectoryDoesNotTakeTheCaseFromAPersonWithAnother) {
  while (!HasGrant("dilip")) reporter = world.File();  // has two machines
  const std::size_t seen = Record().leaf_count;
  const base::StaffSlug before = Assignee();
  world.PublishDirectory([&](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "dilip") person.devices.pop_back();
  });
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(HasGrant("dilip"));
  EXPECT_THAT(KindsAfter(seen), testing::ElementsAre(LeafKind::kReaderMachines)) << "no reader was lost";
  EXPECT_EQ(Assignee(), before);
  EXPECT_EQ(Send(false), Reason::kEpochStale) << "the key that left reads nothing more";
}

}  // namespace
}  // namespace alcove::world
