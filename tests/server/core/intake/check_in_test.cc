// Answers to check-ins, and reports of retaliation that go with them: behind the walls of both cases before anybody is told.
#include <algorithm>

#include "server/core/intake/answer_check_in.h"
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using clocks::Since;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr clocks::CheckIn kFirst{Since::kFiling, 30};

class CheckingIn : public GuardedCase {
 protected:
  CheckingIn() { PassDays(30); }

  Draft Answer(bool epoch = false, EntryKind kind = EntryKind::kCheckIn) {
    const std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    return world.Write(Keyring::kThread, kind, reporter.case_id, reporter.keys.signing, reporter.epochs.back(), {},
                       epoch ? &readers : nullptr);
  }
  absl::StatusOr<intake::CheckInAnswered> Try(const Draft& draft, const clocks::CheckIn& which = kFirst,
                                              const Submission* retaliation = nullptr, std::string request_id = {}) {
    const cases::Ports ports = world.ports();
    intake::CheckInRequest request{request_id.empty() ? world.RequestId() : std::move(request_id), which, draft.entry(), {}};
    if (retaliation != nullptr) request.retaliation = retaliation->request();
    return world.Carry(intake::AnswerCheckIn({ports, world.secrets}, reporter.mailbox, request));
  }
  void ExpectRefused(const Draft& draft, Reason reason, const clocks::CheckIn& which = kFirst,
                     const Submission* retaliation = nullptr) {
    const std::size_t rows = world.rows.size();
    const std::uint64_t leaves = world.rows.leaves();
    EXPECT_EQ(Why(Try(draft, which, retaliation)), reason);
    EXPECT_EQ(world.rows.size(), rows);
    EXPECT_EQ(world.rows.leaves(), leaves);
  }
  // A report of retaliation, as its own plan has it.
  struct Second {
    Reporter reporter;
    intake::PlanView plan;
    Submission submission;
    bool Plans(const std::string& slug) const {
      return std::any_of(plan.readers.begin(), plan.readers.end(),
                         [&](const cases::ReaderView& reader) { return reader.staff.text() == slug; });
    }
  };
  Second Retaliation(std::vector<crypto::Bytes> subjects = {}) {
    Second second{world.NewReporter(), {}, {}};
    intake::PlanRequest request = world.Facts({"retaliation"});
    request.subjects.assign(subjects.begin(), subjects.end());
    second.plan = world.Plan(request);
    second.submission = world.Prepare(second.reporter, second.plan);
    return second;
  }
};

TEST_F(CheckingIn, AnAnswerIsAnEntryAndALeafAndIsGivenOnce) {
  const std::size_t before = VisibleLeaves(reporter).size();
  const auto answered = Try(Answer());
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_FALSE(answered->retaliation);
  EXPECT_THAT(KindsAfter(before), ElementsAre(LeafKind::kEntryAppended, LeafKind::kCheckInAnswered));
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_EQ(view->thread_head, answered->appended.head);
  EXPECT_TRUE(view->check_ins[0].answered);
  EXPECT_FALSE(view->check_ins[0].open);
  ExpectRefused(Answer(), Reason::kCheckInRefused);
}

TEST_F(CheckingIn, NotBeforeItsDayAndNotForOtherDaysOrAnOpenCasesClosing) {
  ExpectRefused(Answer(), Reason::kCheckInRefused, {Since::kFiling, 90});
  ExpectRefused(Answer(), Reason::kCheckInRefused, {Since::kFiling, 31});
  ExpectRefused(Answer(), Reason::kCheckInRefused, {Since::kClosing, 30});
  world.clock.Advance(std::chrono::hours(-24));
  ExpectRefused(Answer(), Reason::kCheckInRefused);
  world.clock.Advance(std::chrono::hours(24));
  EXPECT_TRUE(Try(Answer()).ok()) << "control";
}

TEST_F(CheckingIn, TheClockBackAndForthAsksNobodyTwice) {
  ASSERT_TRUE(Try(Answer()).ok());
  PassDays(-30);
  ExpectRefused(Answer(), Reason::kCheckInRefused);
  PassDays(430);
  ExpectRefused(Answer(), Reason::kCheckInRefused);
  const auto last = Try(Answer(), {Since::kFiling, 365});
  EXPECT_TRUE(last.ok()) << last.status();
}

TEST_F(CheckingIn, AClosedCaseAsksAnewFromItsClosing) {
  cases::Case record = Record();
  record.state = cases::State::kClosed;
  record.marks.closed = world.clock.Today();
  world.rows.Put(std::move(record));
  ExpectRefused(Answer(), Reason::kCheckInRefused, {Since::kClosing, 30});
  PassDays(30);
  EXPECT_TRUE(Try(Answer(), {Since::kClosing, 30}).ok());
  EXPECT_TRUE(Try(Answer(), kFirst).ok()) << "the first series goes on";
  EXPECT_EQ(Record().check_ins.size(), 2u);
}

TEST_F(CheckingIn, OnlyItsOwnMethodTakesItAndNothingElse) {
  ExpectRefused(Answer(false, EntryKind::kMessage), Reason::kKindRefused);
  const Draft draft = Answer();
  EXPECT_EQ(Why(world.Send(reporter, draft, world.RequestId())), Reason::kKindRefused);
}

TEST_F(CheckingIn, ARepetitionGivesTheSameAnswerAndAddsNothing) {
  const Draft draft = Answer();
  const Second second = Retaliation();
  const std::string id = world.RequestId();
  const auto first = Try(draft, kFirst, &second.submission, id);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::size_t rows = world.rows.size();
  const auto again = Try(draft, kFirst, &second.submission, id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->appended.head, first->appended.head);
  ASSERT_TRUE(again->retaliation && first->retaliation);
  EXPECT_EQ(again->retaliation->promise, first->retaliation->promise);
  EXPECT_EQ(again->retaliation->leaf.index, first->retaliation->leaf.index);
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_EQ(Why(Try(draft, kFirst, nullptr, id)), Reason::kRequestIdReused) << "without the report it is another request";
}

TEST_F(CheckingIn, ARetaliationCaseStandsBehindTheSameWallAndHasAProofOfFiling) {
  const Second second = Retaliation({world.TagOf("emp:ADA")});
  const auto answered = Try(Answer(), kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  ASSERT_TRUE(answered->retaliation);
  EXPECT_EQ(answered->retaliation->case_id, second.reporter.case_id);
  EXPECT_FALSE(answered->retaliation->promise.empty());
  EXPECT_THAT(answered->retaliation->deadlines, testing::Not(IsEmpty()));
  const cases::Case fresh = world.CaseOf(second.reporter);
  EXPECT_EQ(fresh.wall, Record().wall);
  EXPECT_THAT(fresh.linked, ElementsAre(reporter.case_id));
  EXPECT_THAT(Record().linked, ElementsAre(second.reporter.case_id));
  EXPECT_FALSE(fresh.assignee.empty());
  const std::vector<format::Leaf> leaves = VisibleLeaves(second.reporter);
  EXPECT_EQ(leaves.front().kind, LeafKind::kCaseFiled);
  EXPECT_EQ(*format::ParseLeaf(answered->retaliation->leaf.content), leaves.front());
}

// Whoever the first case keeps out must not get a grant of the second, let alone the case, though its own plan has them.
TEST_F(CheckingIn, P2_ConflictWall_WhoeverTheFirstCaseKeepsOutGetsNothingOfTheSecond) {
  const std::string kept_out = Dormant();
  ASSERT_FALSE(kept_out.empty());
  ASSERT_TRUE(Exclude({}, {kept_out}).ok());
  // Control: filed by itself, the same report is granted to them; and often enough it is they who get it.
  bool granted = false;
  bool assigned = false;
  for (int i = 0; i < 60 && !(granted && assigned); ++i) {
    const Second alone = Retaliation();
    if (!alone.Plans(kept_out)) continue;
    ASSERT_TRUE(world.Submit(alone.submission).ok());
    granted = granted || HasGrant(kept_out, alone.reporter);
    assigned = assigned || world.AssigneeOf(alone.reporter).text() == kept_out;
  }
  ASSERT_TRUE(granted);
  ASSERT_TRUE(assigned);

  const Second second = Retaliation();
  ASSERT_TRUE(second.Plans(kept_out));
  // They would be the least loaded: everybody else has cases enough.
  for (const cases::ReaderView& reader : second.plan.readers)
    if (reader.staff.text() != kept_out) world.rows.Count(base::Counter::kOpenCases, reader.staff.text(), 1000);
  const auto answered = Try(Answer(true), kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  ExpectLost(kept_out, second.reporter);
  EXPECT_NE(world.AssigneeOf(second.reporter).text(), kept_out);
  EXPECT_FALSE(world.AssigneeOf(second.reporter).empty());
  for (const format::Leaf& leaf : VisibleLeaves(second.reporter)) {
    const bool released = leaf.kind == LeafKind::kGrantReleased;
    EXPECT_FALSE(released && leaf.details == format::details::Released(kept_out, ReleaseCondition::kAssigned));
  }
}

TEST_F(CheckingIn, P2_ConflictWall_WhoeverTheSecondIsAboutLosesTheFirst) {
  const base::StaffSlug retaliates = Assignee();
  const Second second = Retaliation({TagOf(retaliates.text())});
  ASSERT_TRUE(HasGrant(retaliates.text()));
  const auto answered = Try(Answer(), kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  ExpectLost(retaliates.text());
  ExpectLost(retaliates.text(), second.reporter);
  EXPECT_NE(Assignee(), retaliates);
  EXPECT_FALSE(Assignee().empty());
}

TEST_F(CheckingIn, P2_ConflictWall_AnEpochThatTheAnswerBringsIsPurgedToo) {
  ASSERT_TRUE(Exclude({}, {Dormant()}).ok()) << "so that the answer brings an epoch";
  const base::StaffSlug retaliates = Assignee();
  const Second second = Retaliation({TagOf(retaliates.text())});
  const Draft draft = Answer(true);
  ASSERT_FALSE(draft.record.empty());
  const auto answered = Try(draft, kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(Record().thread.epochs, 2u);
  ExpectLost(retaliates.text());
}

TEST_F(CheckingIn, AReportIsFiledEvenWhereNobodyIsLeftToReadIt) {
  const Second second = Retaliation();
  cases::Case record = Record();
  for (const people::Person& person : world.organisation->people()) record.wall.recused.push_back(person.slug);
  world.rows.Put(std::move(record));
  const auto answered = Try(Answer(true), kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_TRUE(world.AssigneeOf(second.reporter).empty());
  for (const cases::ReaderView& reader : second.plan.readers) EXPECT_FALSE(HasGrant(reader.staff.text(), second.reporter));
  const auto view = cases::GetMailbox(world.ports(), second.reporter.mailbox);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->grants.size(), 1u) << "the reporter's own";
}

TEST_F(CheckingIn, WhereNoMoreCasesMayBeLinkedItStandsBehindTheWallAllTheSame) {
  const std::string kept_out = Dormant();
  ASSERT_TRUE(Exclude({}, {kept_out}).ok());
  std::vector<Reporter> others;
  for (std::size_t i = 1; i < cases::kMostLinked; ++i) others.push_back(world.File());
  std::vector<base::CaseId> all = {reporter.case_id};
  for (const Reporter& other : others) all.push_back(other.case_id);
  std::sort(all.begin(), all.end());
  const access::Wall wall = Record().wall;
  const auto link = [&](const Reporter& one) {
    cases::Case record = world.CaseOf(one);
    record.wall = wall;
    record.linked = all;
    std::erase(record.linked, record.id);
    world.rows.Put(std::move(record));
  };
  link(reporter);
  for (const Reporter& other : others) link(other);
  const Second second = Retaliation();
  ASSERT_TRUE(second.Plans(kept_out));
  const auto answered = Try(Answer(true), kFirst, &second.submission);
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_THAT(world.CaseOf(second.reporter).linked, IsEmpty());
  ExpectLost(kept_out, second.reporter);
}

TEST_F(CheckingIn, AReportThatDoesNotCheckLeavesNoAnswerEither) {
  Second second = Retaliation();
  Submission spoiled = second.submission;
  spoiled.plan[40] = static_cast<char>(spoiled.plan[40] ^ 1);
  ExpectRefused(Answer(), Reason::kPlanInvalid, kFirst, &spoiled);
  spoiled = second.submission;
  spoiled.grants.pop_back();
  ExpectRefused(Answer(), Reason::kGrantsMismatch, kFirst, &spoiled);
  spoiled = second.submission;
  spoiled.mailbox = reporter.mailbox;
  ExpectRefused(Answer(), Reason::kFieldInvalid, kFirst, &spoiled);
  world.clock.Advance(std::chrono::hours(2));
  ExpectRefused(Answer(), Reason::kPlanStale, kFirst, &second.submission);
  EXPECT_THAT(Record().check_ins, IsEmpty());
  second = Retaliation();
  ASSERT_TRUE(world.Submit(second.submission).ok());
  ExpectRefused(Answer(), Reason::kRequestIdReused, kFirst, &second.submission);
  second = Retaliation();
  EXPECT_TRUE(Try(Answer(), kFirst, &second.submission).ok()) << "control";
}

TEST_F(CheckingIn, TheTeamSeesThatTheyAreLinkedAsFarAsItHasBoth) {
  // Until the same person has both, they see nothing of the other.
  for (int i = 0; i < 40; ++i) {
    const Second second = Retaliation();
    const auto answered = Try(Answer(), kFirst, &second.submission);
    ASSERT_TRUE(answered.ok()) << answered.status();
    const auto detail = world.Carry(cases::GetCase(world.ports(), Assignee(), reporter.case_id));
    ASSERT_TRUE(detail.ok()) << detail.status();
    if (world.AssigneeOf(second.reporter) == Assignee()) {
      EXPECT_THAT(detail->linked, ElementsAre(second.reporter.case_id));
      return;
    }
    EXPECT_THAT(detail->linked, IsEmpty());
    reporter = world.File();
    PassDays(30);
  }
  FAIL() << "nobody ever had both";
}

}  // namespace
}  // namespace alcove::world
