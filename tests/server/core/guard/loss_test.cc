// Whoever may not read on loses the case at once, whatever the cause, and the case goes to the next.
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Loss = GuardedCase;

TEST_F(Loss, RecusingTakesTheCaseAwayAtOnceAndGivesItToTheNext) {
  const base::StaffSlug before = Assignee();
  world.Open(before, reporter.case_id, Keyring::kThread);
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Recuse(before).ok());
  ExpectLost(before.text());
  EXPECT_NE(Assignee(), before);
  EXPECT_FALSE(Assignee().empty());
  EXPECT_EQ(world.rows.CountOf(base::Counter::kOpenCases, before.text()), 0);
  EXPECT_EQ(world.rows.CountOf(base::Counter::kOpenCases, Assignee().text()), 1);
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kReaderLost, LeafKind::kGrantReleased, LeafKind::kCaseAssigned));
  EXPECT_EQ(VisibleLeaves(reporter)[seen].actor, before.text()) << "their own doing";
  EXPECT_FALSE(world.Open(Assignee(), reporter.case_id, Keyring::kThread).empty());
}

TEST_F(Loss, NothingIsWrittenUnderAKeyThatSomebodyWhoLeftHolds) {
  const base::StaffSlug before = Assignee();
  ASSERT_TRUE(Recuse(before).ok());
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  EXPECT_EQ(Send(true), std::nullopt);
  EXPECT_FALSE(HasGrant(before.text())) << "the new epoch is not granted to them";
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  for (const cases::ReaderView& reader : view->readers)
    EXPECT_NE(reader.staff, before);
  EXPECT_EQ(Send(false), std::nullopt) << "until the next one leaves";
}

TEST_F(Loss, ARepeatedRecusalIsAnsweredThoughTheCaseIsGone) {
  const base::StaffSlug before = Assignee();
  const std::string request = world.RequestId();
  const auto recuse = [&] {
    return world.Carry(guard::RecuseFromCase(world.ports(), before, reporter.case_id, request));
  };
  ASSERT_TRUE(recuse().ok());
  const std::uint64_t leaves = world.rows.leaves();
  EXPECT_TRUE(recuse().ok());
  EXPECT_EQ(world.rows.leaves(), leaves);
  EXPECT_EQ(Why(Recuse(before)), Reason::kNothingHere) << "another request is not a repetition";
}

TEST_F(Loss, RecusalFromACaseOneMayNotKnowFindsNothingAndChangesNothing) {
  const std::size_t rows = world.rows.size();
  const base::CaseId none = format::DrawId<base::CaseId>(world.random);
  for (const std::string& slug : {Dormant(), std::string("ada"), std::string("fay")}) {
    EXPECT_EQ(Why(Recuse(Slug(slug))), Reason::kNothingHere) << slug;
    EXPECT_EQ(Why(guard::RecuseFromCase(world.ports(), Slug(slug), none, world.RequestId())), Reason::kNothingHere);
  }
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_THAT(Record().wall.recused, IsEmpty());
}

TEST_F(Loss, TheReporterKeepsMorePeopleOutByNameOnTheListOrByTag) {
  const base::StaffSlug before = Assignee();
  const std::string dormant = Dormant();
  const std::size_t seen = Record().leaf_count;
  const auto unknown = Exclude({TagOf(dormant), world.TagOf("emp:NOBODY")}, {before.text()});
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  EXPECT_THAT(*unknown, ElementsAre(1u));
  ExpectLost(before.text());
  ExpectLost(dormant);
  EXPECT_EQ(KindsAfter(seen).front(), LeafKind::kReadersExcluded);
  EXPECT_FALSE(Assignee().empty());
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  EXPECT_EQ(Send(true), std::nullopt);
}

TEST_F(Loss, TheLastReaderFromOutsideCannotBeExcludedNorASomebodyWhoIsNoReader) {
  const std::size_t rows = world.rows.size();
  EXPECT_EQ(Why(Exclude({}, {"fay", "finn"})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Exclude({}, {"ada"})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Exclude({}, {})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Exclude({"too short"}, {})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Exclude({crypto::Bytes(64, '\0')}, {})), Reason::kFieldInvalid);
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_TRUE(Exclude({}, {"fay"}).ok()) << "one of them can";
}

TEST_F(Loss, AnExclusionThatLeavesNobodyIsRefused) {
  std::vector<crypto::Bytes> everybody;
  for (const people::Person& person : world.organisation->people()) {
    everybody.push_back(TagOf(person.slug.text()));
  }
  EXPECT_EQ(Why(Exclude(everybody, {})), Reason::kFieldInvalid);
  EXPECT_FALSE(Assignee().empty());
}

TEST_F(Loss, CorrectedSubjectsKeepOutWhomTheyNameAndTheWallOnlyGrows) {
  const base::StaffSlug before = Assignee();
  const std::string named = Dormant();
  const std::size_t seen = Record().leaf_count;
  const auto corrected = Correct(before, {TagOf(named), world.TagOf("emp:NOBODY")});
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_THAT(corrected->unknown, ElementsAre(1u));
  EXPECT_EQ(corrected->etag, Etag(reporter));
  ExpectLost(named);
  EXPECT_EQ(Assignee(), before);
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kSubjectsCorrected, LeafKind::kReaderLost));
  EXPECT_EQ(Record().wall.subjects.size(), 2u);
  ASSERT_TRUE(Correct(before, {TagOf(named)}).ok());
  EXPECT_EQ(Record().wall.subjects.size(), 2u) << "somebody named twice is one";
}

TEST_F(Loss, ACorrectionThatNamesTheInvestigatorTakesTheCaseFromThem) {
  const base::StaffSlug before = Assignee();
  ASSERT_TRUE(Correct(before, {TagOf(before.text())}).ok());
  ExpectLost(before.text());
  EXPECT_NE(Assignee(), before);
}

TEST_F(Loss, ACorrectionNeedsTheCaseItsNewestEtagAndTagsThatAre) {
  const std::vector<crypto::Bytes> tag = {world.TagOf("emp:NOBODY")};
  const std::vector<crypto::BytesView> views(tag.begin(), tag.end());
  EXPECT_EQ(Why(Correct(Slug(Dormant()), tag)), Reason::kNothingHere);
  EXPECT_EQ(Why(guard::CorrectSubjects(world.ports(), Assignee(), reporter.case_id, "another", world.RequestId(), views)),
            Reason::kEtagStale);
  EXPECT_EQ(Why(Correct(Assignee(), {})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Correct(Assignee(), {"x"})), Reason::kFieldInvalid);
  EXPECT_THAT(Record().wall.subjects, IsEmpty());
}

TEST_F(Loss, AReorganisationEndsAccessBeforeAnybodyReviewsAndTheReviewHandsTheCaseOn) {
  intake::PlanRequest about = world.Facts();
  const crypto::Bytes subject = world.TagOf("emp:PIA");
  about.subjects = {subject};
  reporter = world.File(about);
  const base::StaffSlug before = Assignee();
  ASSERT_FALSE(world.Open(before, reporter.case_id, Keyring::kThread).empty());

  SyncChart({{before.text(), "pia"}});  // the investigator becomes the boss of the person complained about
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), before, reporter.case_id))), Reason::kNothingHere);
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Review().ok());
  ExpectLost(before.text());
  EXPECT_NE(Assignee(), before);
  EXPECT_EQ(KindsAfter(seen).front(), LeafKind::kReaderLost);
  EXPECT_EQ(VisibleLeaves(reporter)[seen].actor, "") << "nobody says why";

  SyncChart({});
  ASSERT_TRUE(Review().ok());
  ExpectLost(before.text());
}

TEST_F(Loss, AMessageThatComesBeforeTheReviewTakesTheCaseFromThoseWhoLeftAsWell) {
  const std::string leaver = Dormant();
  world.PublishDirectory([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == leaver; });
  });
  const std::size_t seen = Record().leaf_count;
  ASSERT_EQ(Send(true), std::nullopt);
  EXPECT_FALSE(HasGrant(leaver)) << "older epochs included";
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kReaderLost, LeafKind::kEntryAppended));
}

TEST_F(Loss, LosingACaseLooksTheSameWhateverTheCause) {
  const base::StaffSlug before = Assignee();
  Reporter other = world.File();
  while (world.AssigneeOf(other) != before) other = world.File();
  PassDays(2);
  ASSERT_TRUE(Review().ok());                                                  // `reporter`'s: time to claim is over
  const cases::Case one = world.CaseOf(reporter);
  world.clock.Advance(std::chrono::hours(-48));
  ASSERT_TRUE(world.Carry(guard::RecuseFromCase(world.ports(), before, other.case_id, world.RequestId())).ok());
  for (const Reporter* lost : {&reporter, &other}) {
    ExpectLost(before.text(), *lost);
    const auto refused = world.Carry(cases::GetCase(world.ports(), before, lost->case_id));
    EXPECT_EQ(refused.status(),
              world.Carry(cases::GetCase(world.ports(), before, format::DrawId<base::CaseId>(world.random))).status());
  }
}

}  // namespace
}  // namespace alcove::world
