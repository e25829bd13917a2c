// What an entry of its kind means to its case, and which kinds are taken from whom, where and when.
#include "server/core/cases/meaning.h"

#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "server/core/cases/kinds.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/states.h"
#include "server/core/clocks/seen.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using cases::State;
using format::EntryKind;
using format::Keyring;

class Meaning : public testing::Test {
 protected:
  // The investigator writes to the reporter.
  absl::StatusOr<cases::Appended> Tell(EntryKind kind) {
    const Draft draft = world.Write(Keyring::kThread, kind, reporter.case_id, signer(), reporter.epochs.back());
    return world.Append(assignee, reporter.case_id, draft, world.RequestId());
  }
  // The investigator writes for the team.
  absl::StatusOr<cases::Appended> Note(EntryKind kind) {
    const bool first = Case().team.epochs == 0;
    const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, Keyring::kTeam);
    const Draft draft = world.Write(Keyring::kTeam, kind, reporter.case_id, signer(), team_key, {}, first ? &team : nullptr,
                                    first ? &team_key : nullptr);
    return world.Append(assignee, reporter.case_id, draft, world.RequestId());
  }
  absl::StatusOr<cases::Appended> Answer(EntryKind kind) {
    const Draft draft =
        world.Write(Keyring::kThread, kind, reporter.case_id, reporter.keys.signing, reporter.epochs.back());
    return world.Send(reporter, draft, world.RequestId());
  }
  const crypto::SigningKey& signer() { return world.machines.at(assignee.text())[0].signing; }
  cases::Case Case() const { return world.CaseOf(reporter); }
  void Put(State state) {
    cases::Case record = Case();
    record.state = state;
    world.rows.Put(std::move(record));
  }
  std::vector<format::Leaf> VisibleLeaves() {
    std::vector<format::Leaf> leaves;
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {100, ""});
    for (const cases::OpenedLeaf& leaf : page->leaves) leaves.push_back(*format::ParseLeaf(leaf.content));
    return leaves;
  }
  absl::StatusOr<cases::Moved> Reopen() {
    return world.Carry(cases::ChangeCaseState(world.ports(), assignee, reporter.case_id,
                                              cases::EtagOf(world.ports(), Case()), world.RequestId(), State::kReopened,
                                              "new_evidence"));
  }

  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
  format::EpochKey team_key = format::EpochKey::Draw(world.random);
};

TEST_F(Meaning, EachAssessmentSetsItsOwnPointAndTheReporterSeesNothingOfIt) {
  const auto before = cases::GetMailbox(world.ports(), reporter.mailbox);
  std::uint8_t expected = 0;
  for (int point = 0; point < 4; ++point) {
    ASSERT_TRUE(Note(static_cast<EntryKind>(static_cast<int>(EntryKind::kAssessmentAtIntake) + point)).ok());
    expected |= cases::BitOf(static_cast<cases::Point>(point));
    EXPECT_EQ(Case().assessed, expected);
  }
  EXPECT_EQ(Why(Note(EntryKind::kAssessmentAfterClosing)), Reason::kKindRefused) << "it is not closed";
  Put(State::kClosed);
  EXPECT_EQ(Why(Note(EntryKind::kAssessmentAtOutcome)), Reason::kKindRefused) << "it is closed";
  ASSERT_TRUE(Note(EntryKind::kAssessmentAfterClosing).ok());
  EXPECT_EQ(Case().assessed, 0x1f);
  const auto after = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_EQ(after->leaf_head, before->leaf_head);
  EXPECT_EQ(after->thread_head, before->thread_head);
  EXPECT_EQ(after->etag, before->etag);
}

TEST_F(Meaning, ANoticeToTheReporterIsFeedbackAndOneToTheOtherSideIsNot) {
  ASSERT_TRUE(Note(EntryKind::kOutcomeNotice).ok());
  EXPECT_FALSE(Case().notified);
  EXPECT_FALSE(Case().marks.feedback.has_value());
  ASSERT_TRUE(Tell(EntryKind::kOutcomeNotice).ok());
  EXPECT_TRUE(Case().notified);
  EXPECT_EQ(Case().marks.feedback, world.clock.Today());
  EXPECT_EQ(Case().marks.acknowledged, world.clock.Today()) << "a person has it, evidently";
}

TEST_F(Meaning, AMoveAloneTellsTheReporterNothing) {
  Put(State::kFindingsReview);
  cases::Case record = Case();
  record.assessed = 0x1f;
  world.rows.Put(std::move(record));
  cases::Allegation allegation;
  allegation.case_id = reporter.case_id;
  allegation.finding = "unfounded";
  world.rows.Put(std::move(allegation));
  const auto moved = world.Carry(cases::ChangeCaseState(world.ports(), assignee, reporter.case_id,
                                                        cases::EtagOf(world.ports(), Case()), world.RequestId(),
                                                        State::kDecided, ""));
  if (moved.ok()) {
    EXPECT_FALSE(Case().marks.feedback.has_value()) << "it would disarm the dead-man";
  }
}

TEST_F(Meaning, ACaseTakenUpAgainBeginsAnew) {
  ASSERT_TRUE(Note(EntryKind::kAssessmentAtIntake).ok());
  ASSERT_TRUE(Tell(EntryKind::kOutcomeNotice).ok());
  ASSERT_TRUE(Tell(EntryKind::kSummary).ok());
  cases::Case record = Case();
  record.state = State::kClosed;
  record.marks.closed = world.clock.Today();
  world.rows.Put(std::move(record));
  EXPECT_EQ(Why(Reopen()), Reason::kAssessmentMissing);
  ASSERT_TRUE(Note(EntryKind::kAssessmentAfterClosing).ok());
  const auto feedback = Case().marks.feedback;
  const auto reopened = Reopen();
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(Case().assessed, 0);
  EXPECT_FALSE(Case().notified);
  EXPECT_FALSE(Case().summary.has_value());
  EXPECT_FALSE(Case().marks.closed.has_value());
  EXPECT_EQ(Case().marks.feedback, feedback) << "what was said was said";
  EXPECT_TRUE(Note(EntryKind::kAssessmentAfterClosing).ok()) << "also right after it was taken up again";
}

TEST_F(Meaning, ASummaryIsServedOnlyAfterItsReporterAnswered) {
  EXPECT_EQ(Why(Note(EntryKind::kSummaryServed)), Reason::kSummaryNotShown) << "there is none";
  EXPECT_EQ(Why(Answer(EntryKind::kSummaryAnswer)), Reason::kKindRefused) << "to nothing";
  const auto shown = Tell(EntryKind::kSummary);
  ASSERT_TRUE(shown.ok()) << shown.status();
  const std::uint64_t leaves = world.rows.leaves();
  EXPECT_EQ(Why(Note(EntryKind::kSummaryServed)), Reason::kSummaryNotShown);
  EXPECT_EQ(world.rows.leaves(), leaves);
  ASSERT_TRUE(Answer(EntryKind::kSummaryAnswer).ok());
  ASSERT_TRUE(Note(EntryKind::kSummaryServed).ok());
  const format::Leaf served = VisibleLeaves().back();
  EXPECT_EQ(served.kind, format::LeafKind::kSummaryServed);
  EXPECT_EQ(served.actor, assignee.text());
  EXPECT_EQ(served.details, format::details::SummaryServed(shown->entry, shown->head)) << "of what the reporter was shown";
}

TEST_F(Meaning, ANewSummaryStartsOver) {
  ASSERT_TRUE(Tell(EntryKind::kSummary).ok());
  ASSERT_TRUE(Answer(EntryKind::kSummaryAnswer).ok());
  const auto second = Tell(EntryKind::kSummary);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(Why(Note(EntryKind::kSummaryServed)), Reason::kSummaryNotShown);
  ASSERT_TRUE(Answer(EntryKind::kSummaryAnswer).ok());
  ASSERT_TRUE(Note(EntryKind::kSummaryServed).ok());
  EXPECT_EQ(VisibleLeaves().back().details, format::details::SummaryServed(second->entry, second->head));
}

TEST_F(Meaning, ASummaryThatNobodyAnswersCanBeServedAfterSevenWholeDays) {
  ASSERT_TRUE(Tell(EntryKind::kSummary).ok());
  world.clock.Advance(std::chrono::days(7));
  EXPECT_EQ(Why(Note(EntryKind::kSummaryServed)), Reason::kSummaryNotShown) << "the seventh day is not over";
  world.clock.Advance(std::chrono::days(1));
  EXPECT_TRUE(Note(EntryKind::kSummaryServed).ok());
}

TEST_F(Meaning, DaysThatAClockLeaptOverAreNotTheReportersDaysToAnswer) {
  ASSERT_TRUE(Tell(EntryKind::kSummary).ok());
  clocks::SeenTime seen;
  seen.seen = world.clock.Now();
  world.rows.Put(seen);
  world.clock.now += std::chrono::days(8);
  EXPECT_EQ(Why(Note(EntryKind::kSummaryServed)), Reason::kClockFrozen);
  ASSERT_TRUE(Answer(EntryKind::kSummaryAnswer).ok());
  EXPECT_TRUE(Note(EntryKind::kSummaryServed).ok()) << "an answer is an answer, whatever the clock says";
}

TEST_F(Meaning, P2_EveryKindIsTakenFromItsAuthorInItsKeyringAndFromNobodyElse) {
  const auto may = [](EntryKind kind, Keyring keyring, cases::Author author, State state) {
    return cases::MayWrite(kind, keyring, author, state);
  };
  for (int number = 1; number <= format::kLastEntryKind; ++number) {
    const auto kind = static_cast<EntryKind>(number);
    for (int state_number = 1; state_number <= format::kCaseStates; ++state_number) {
      const auto state = static_cast<State>(state_number);
      EXPECT_FALSE(may(kind, Keyring::kTeam, cases::Author::kReporter, state)) << format::Name(kind);
    }
  }
  using enum EntryKind;
  for (const EntryKind kind : {kFieldsReleased, kSummaryAnswer, kChange}) {
    EXPECT_TRUE(may(kind, Keyring::kThread, cases::Author::kReporter, State::kClosed)) << format::Name(kind);
    EXPECT_FALSE(may(kind, Keyring::kThread, cases::Author::kTeam, State::kTriage)) << format::Name(kind);
  }
  for (const EntryKind kind : {kCustody, kInterview, kAssessmentAtIntake, kSummaryServed, kNote}) {
    EXPECT_TRUE(may(kind, Keyring::kTeam, cases::Author::kTeam, State::kTriage)) << format::Name(kind);
    EXPECT_FALSE(may(kind, Keyring::kThread, cases::Author::kTeam, State::kTriage)) << format::Name(kind);
    EXPECT_FALSE(may(kind, Keyring::kThread, cases::Author::kReporter, State::kTriage)) << format::Name(kind);
  }
  for (const EntryKind kind : {kSummary, kOutcomeNotice}) {
    EXPECT_TRUE(may(kind, Keyring::kThread, cases::Author::kTeam, State::kDecided)) << format::Name(kind);
    EXPECT_FALSE(may(kind, Keyring::kThread, cases::Author::kReporter, State::kDecided)) << format::Name(kind);
  }
  EXPECT_TRUE(may(kCustody, Keyring::kTeam, cases::Author::kTeam, State::kClosed)) << "a thing has a keeper after the end";
  EXPECT_FALSE(may(kInterview, Keyring::kTeam, cases::Author::kTeam, State::kClosed));
  EXPECT_TRUE(may(kAssessmentAfterClosing, Keyring::kTeam, cases::Author::kTeam, State::kReopened));
  EXPECT_FALSE(may(kAssessmentAfterClosing, Keyring::kTeam, cases::Author::kTeam, State::kDecided));
}

// Kinds with a method of their own are not smuggled in beside it.
TEST_F(Meaning, KindsWithAMethodOfTheirOwnAreRefusedHere) {
  using enum EntryKind;
  for (const EntryKind kind : {kReport, kCheckIn, kReceiptRotated}) {
    EXPECT_EQ(Why(Answer(kind)), Reason::kKindRefused) << format::Name(kind);
    EXPECT_EQ(Why(Tell(kind)), Reason::kKindRefused) << format::Name(kind);
  }
  for (const EntryKind kind : {kAllegation, kFinding, kMeasure}) {
    EXPECT_EQ(Why(Note(kind)), Reason::kKindRefused) << format::Name(kind);
    EXPECT_EQ(Why(Answer(kind)), Reason::kKindRefused) << format::Name(kind);
  }
}

}  // namespace
}  // namespace alcove::world
