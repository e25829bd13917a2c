// Linked cases stand behind the union of their walls, and are never merged.
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Linking : public GuardedCase {
 protected:
  // Another case of the same assignee.
  Reporter Another(const intake::PlanRequest& request) {
    for (int i = 0; i < 200; ++i) {
      Reporter other = world.File(request);
      if (world.AssigneeOf(other) == Assignee()) return other;
    }
    ADD_FAILURE() << "nobody else gets a case";
    return world.File(request);
  }
  absl::StatusOr<std::string> Link(const Reporter& one, const Reporter& two) {
    return world.Carry(guard::LinkCases(world.ports(), Assignee(), one.case_id, Etag(one), world.RequestId(), two.case_id));
  }
};

TEST_F(Linking, UnitesTheWallsOfBothAndShowsItselfToTheTeamAlone) {
  std::string struck;
  for (const std::string& one : PeopleUnder(ReleaseCondition::kAssigned))
    if (one != Assignee().text()) struck = one;
  intake::PlanRequest request = world.Facts();
  request.struck_out = {struck};
  Reporter other = Another(request);
  ASSERT_TRUE(HasGrant(struck));
  const std::size_t seen = Record().leaf_count;
  const auto etag = Link(reporter, other);
  ASSERT_TRUE(etag.ok()) << etag.status();
  EXPECT_EQ(*etag, Etag(reporter));
  EXPECT_EQ(Record().wall, world.CaseOf(other).wall);
  ExpectLost(struck);
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kReaderLost)) << "the reporter learns of no other case";
  const auto detail = world.Carry(cases::GetCase(world.ports(), Assignee(), reporter.case_id));
  EXPECT_THAT(detail->linked, ElementsAre(other.case_id));
}

TEST_F(Linking, WallsOfLinkedCasesGrowTogether) {
  Reporter other = Another(world.Facts());
  ASSERT_TRUE(Link(reporter, other).ok());
  const base::StaffSlug before = Assignee();
  ASSERT_TRUE(world.Carry(guard::RecuseFromCase(world.ports(), before, other.case_id, world.RequestId())).ok());
  ExpectLost(before.text(), reporter);
  ExpectLost(before.text(), other);
  EXPECT_FALSE(Assignee().empty());
}

TEST_F(Linking, ACaseIsLinkedOnceAndNotWithItself) {
  Reporter other = Another(world.Facts());
  ASSERT_TRUE(Link(reporter, other).ok());
  EXPECT_EQ(Why(Link(reporter, other)), Reason::kLinkRefused);
  EXPECT_EQ(Why(Link(other, reporter)), Reason::kLinkRefused);
  EXPECT_EQ(Why(Link(reporter, reporter)), Reason::kLinkRefused);
}

TEST_F(Linking, ACaseThatIsNotTheCallersIsNothingHere) {
  Reporter other = world.File();
  while (world.AssigneeOf(other) == Assignee()) other = world.File();
  EXPECT_EQ(Why(Link(reporter, other)), Reason::kNothingHere);
  EXPECT_EQ(Why(Link(other, reporter)), Reason::kNothingHere);
  Reporter none = world.NewReporter();
  none.case_id = format::DrawId<base::CaseId>(world.random);
  EXPECT_EQ(Why(guard::LinkCases(world.ports(), Assignee(), reporter.case_id, Etag(reporter), world.RequestId(),
                                 none.case_id)),
            Reason::kNothingHere);
  EXPECT_THAT(Record().linked, IsEmpty());
}

TEST_F(Linking, OneWallHasABound) {
  for (std::size_t i = 1; i < cases::kMostLinked; ++i) ASSERT_TRUE(Link(reporter, Another(world.Facts())).ok()) << i;
  const Reporter one_too_many = Another(world.Facts());
  EXPECT_EQ(Why(Link(reporter, one_too_many)), Reason::kLinkRefused);
  EXPECT_EQ(Record().linked.size(), cases::kMostLinked - 1);
}

}  // namespace
}  // namespace alcove::world
