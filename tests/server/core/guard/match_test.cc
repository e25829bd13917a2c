// Reports that wait for others: who goes, when, with whom; and that nobody goes on the word of somebody who stays silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/leaf.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/cases/tombstone.h"
#include "server/core/casework/tasks.h"
#include "server/core/clocks/seen.h"
#include "server/core/exports/exports.h"
#include "server/core/guard/match.h"
#include "server/core/guard/reporter.h"
#include "server/core/intake/answer_check_in.h"
#include "server/core/guard/review.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::EntryKind;
using format::Keyring;
using format::ReleaseCondition;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Matching : public testing::Test {
 protected:
  Matching() { world.Sync({{"EVE"}, {"MALLORY"}, {.number = "ROB", .also = {"R-2"}}, {"ZOE"}, {"AMIRA"}}); }

  bool Waits(const Reporter& one) { return cases::IsWaiting(world.CaseOf(one)); }
  bool Sent(const Reporter& one) { return world.CaseOf(one).escrow->released.has_value(); }

  // Whoever has the case writes to its reporter.
  absl::StatusOr<cases::Appended> Reply(const Reporter& one) {
    const base::StaffSlug caller = world.AssigneeOf(one);
    const auto keys = world.Open(caller, one.case_id, Keyring::kThread);
    if (keys.empty()) return base::NothingHere();
    const std::vector<format::Recipient> readers = world.RecipientsOf(one.case_id, Keyring::kThread);
    const bool stale = cases::IsEpochDue(world.ports(), world.CaseOf(one), world.CaseOf(one).thread);
    const Draft draft = world.Write(Keyring::kThread, EntryKind::kMessage, one.case_id,
                                    world.machines.at(caller.text())[0].signing, keys.back(), {}, stale ? &readers : nullptr);
    return world.Append(caller, one.case_id, draft, world.RequestId());
  }
  absl::StatusOr<std::string> Withdraw(const Reporter& one) {
    return world.Carry(cases::WithdrawReport(world.ports(), one.mailbox, cases::GetMailbox(world.ports(), one.mailbox)->etag,
                                             world.RequestId()));
  }
  void PassDays(int days) { world.clock.Advance(std::chrono::hours(24 * days)); }
  absl::StatusOr<guard::Reviewed> Review(const Reporter& one) {
    return world.Carry(guard::Review(world.ports(), one.case_id));
  }

  // Everything that staff could find a case by.
  void ExpectUnseen(const Reporter& one) {
    for (const people::Person& person : world.organisation->people()) {
      SCOPED_TRACE(person.slug.text());
      EXPECT_FALSE(*world.rows.Get<cases::Membership>(base::RowKey(person.slug, one.case_id)));
      EXPECT_EQ(Why(cases::GetCase(world.ports(), person.slug, one.case_id)), Reason::kNothingHere);
      EXPECT_EQ(Why(cases::OpenCase(world.ports(), person.slug, one.case_id, Keyring::kThread)), Reason::kNothingHere);
      const auto list = cases::ListCases(world.ports(), person.slug, {});
      for (const cases::CaseSummary& line : list->answer.cases) EXPECT_NE(line.id, one.case_id);
      const auto tasks = casework::ListTasks(world.ports(), person.slug, {});
      for (const casework::Task& task : tasks->answer.tasks) EXPECT_NE(task.case_id, one.case_id);
    }
  }

  World world;
};

TEST_F(Matching, NobodySeesAReportThatWaits) {
  const Reporter one = world.Escrow("EVE");
  EXPECT_TRUE(Waits(one));
  EXPECT_TRUE(world.AssigneeOf(one).empty());
  ExpectUnseen(one);
  for (const people::Person& person : world.organisation->people())
    EXPECT_EQ(world.rows.CountOf(base::Counter::kOpenCases, person.slug.text()), 0);
  const Reporter plain = world.File();
  EXPECT_FALSE(world.AssigneeOf(plain).empty()) << "control: an ordinary report has somebody";
  PassDays(200);
  const std::uint64_t leaves = world.rows.leaves();
  ASSERT_TRUE(Review(one).ok());
  EXPECT_EQ(world.rows.leaves(), leaves) << "no clock runs on it";
  ASSERT_TRUE(Review(plain).ok());
  EXPECT_GT(world.rows.leaves(), leaves) << "control";
}

TEST_F(Matching, ItGoesWithTheLastOneThatWasMissing) {
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("EVE");
  EXPECT_TRUE(Waits(one) && Waits(two)) << "control: one other is not two";
  const Reporter three = world.Escrow("EVE");
  for (const Reporter* each : {&one, &two, &three}) {
    const cases::Case record = world.CaseOf(*each);
    EXPECT_TRUE(Sent(*each));
    EXPECT_FALSE(record.assignee.empty());
    EXPECT_THAT(record.linked, SizeIs(2));
    std::set<std::string> released;
    for (const grants::Holder& holder : record.thread.holders) {
      if (holder.released) released.insert(holder.staff.text());
      EXPECT_NE(holder.condition, ReleaseCondition::kAssigned) << "the desk holds it on condition MATCHED";
    }
    EXPECT_THAT(released, ElementsAre(record.assignee.text())) << "only whoever has it";
    EXPECT_TRUE(cases::GetCase(world.ports(), record.assignee, each->case_id).ok());
  }
  EXPECT_EQ(world.CaseOf(one).wall, world.CaseOf(three).wall);
}

TEST_F(Matching, OtherPeopleAreNoMatch) {
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("MALLORY"), three = world.Escrow("ZOE");
  const Reporter four = world.Escrow("EVE");
  for (const Reporter* each : {&one, &two, &three, &four}) EXPECT_TRUE(Waits(*each));
}

TEST_F(Matching, EveryAliasIsTheSamePerson) {
  const Reporter one = world.Escrow("ROB"), two = world.Escrow("R-2"), three = world.Escrow("ROB");
  EXPECT_TRUE(Sent(one) && Sent(two) && Sent(three));
}

TEST_F(Matching, OneVoiceCountsOnce) {
  // No token is spent twice; should two cases have one voice all the same, it is one voice.
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("EVE", 5);
  cases::Case doubled = world.CaseOf(two);
  doubled.escrow->voice = world.CaseOf(one).escrow->voice;
  doubled.escrow->others = 2;
  world.rows.Put(std::move(doubled));
  const Reporter again = world.Escrow("EVE");
  EXPECT_TRUE(Waits(one) && Waits(two) && Waits(again)) << "three cases, two voices";
  const Reporter three = world.Escrow("EVE");
  EXPECT_TRUE(Sent(one) && Sent(three)) << "control: a third voice does it";
}

TEST_F(Matching, NobodyGoesOnTheWordOfWhoStaysSilent) {
  const Reporter silent = world.Escrow("EVE", 5);
  const Reporter one = world.Escrow("EVE", 2), two = world.Escrow("EVE", 2);
  EXPECT_TRUE(Waits(one) && Waits(two)) << "a team with two that asked for two others would know of a third";
  const Reporter three = world.Escrow("EVE", 2);
  EXPECT_TRUE(Sent(one) && Sent(two) && Sent(three));
  EXPECT_TRUE(Waits(silent));
  ExpectUnseen(silent);
  EXPECT_THAT(world.CaseOf(one).linked, SizeIs(2)) << "and it is behind nobody's wall";
}

TEST_F(Matching, WhoeverTheTeamHasCountsForThoseWhoComeLater) {
  const Reporter patient = world.Escrow("EVE", 5);
  for (int i = 0; i < 3; ++i) world.Escrow("EVE", 2);
  EXPECT_TRUE(Waits(patient)) << "three others";
  const Reporter fourth = world.Escrow("EVE", 2);
  EXPECT_TRUE(Sent(fourth));
  EXPECT_TRUE(Waits(patient)) << "four others";
  const Reporter fifth = world.Escrow("EVE", 5);
  EXPECT_TRUE(Sent(fifth) && Sent(patient)) << "four with the team, and each other";
}

TEST_F(Matching, WhoWithdrewCountsForNobodyAndNobodyLearnsOfIt) {
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("EVE");
  ASSERT_TRUE(Withdraw(two).ok());
  const Reporter three = world.Escrow("EVE");
  EXPECT_TRUE(Waits(one) && Waits(three));
  ExpectUnseen(two);
  const Reporter four = world.Escrow("EVE");
  EXPECT_TRUE(Sent(one) && Sent(three) && Sent(four)) << "control";
  EXPECT_TRUE(Waits(two)) << "never";
  ExpectUnseen(two);
}

TEST_F(Matching, WhoWithdrewFromTheTeamCountsForNobodyWhoComesLater) {
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("EVE"), three = world.Escrow("EVE");
  ASSERT_TRUE(Sent(one));
  ASSERT_TRUE(Withdraw(one).ok());
  EXPECT_TRUE(world.CaseOf(one).withdrawn);
  EXPECT_EQ(world.CaseOf(one).state, cases::State::kWithdrawnByReporter) << "the team is told";
  EXPECT_TRUE(Waits(world.Escrow("EVE", 3)));
  const Reporter four = world.Escrow("EVE", 2);
  EXPECT_TRUE(Sent(four)) << "control: two are left";
}

TEST_F(Matching, WhoseLastDayIsOverCountsForNobody) {
  const Reporter one = world.Escrow("EVE", 2, 10), two = world.Escrow("EVE", 2, 365);
  PassDays(10);
  const auto moment = world.rows.Keep();
  EXPECT_TRUE(Sent(world.Escrow("EVE"))) << "control: on the last day";
  world.rows.Return(*moment);
  PassDays(1);
  const Reporter three = world.Escrow("EVE");
  EXPECT_TRUE(Waits(one) && Waits(two) && Waits(three));
}

TEST_F(Matching, OfSeveralPeopleOneIsEnoughAndTheOthersFollow) {
  const Reporter zoe1 = world.Escrow("ZOE"), zoe2 = world.Escrow("ZOE");
  const Reporter eve1 = world.Escrow("EVE"), both = world.Escrow(std::vector<std::string>{"EVE", "ZOE"}, 3);
  EXPECT_TRUE(Waits(zoe1) && Waits(both)) << "who asked for three others speaks for nobody yet";
  const Reporter eve2 = world.Escrow("EVE"), eve3 = world.Escrow("EVE");
  EXPECT_TRUE(Sent(eve1) && Sent(eve2) && Sent(eve3) && Sent(both));
  EXPECT_TRUE(Sent(zoe1) && Sent(zoe2)) << "now that a report about Eve and Zoe is with the team";
}

// An independent model: of all sets of waiting reports in which everybody has enough others, the union goes.
TEST_F(Matching, WhoeverIsSentIsTheLargestSetInWhichEverybodyHasEnough) {
  struct Filed {
    std::set<std::string> about;
    std::size_t others;
    bool sent;
  };
  const std::vector<std::string> people = {"EVE", "ZOE", "MALLORY"};
  SeededRandom random(5);
  const auto draw = [&](std::uint8_t below) {
    std::uint8_t byte = 0;
    random.Fill(&byte, 1);
    return static_cast<std::size_t>(byte % below);
  };
  const auto start = world.rows.Keep();
  int released = 0, several = 0;
  for (int round = 0; round < 12; ++round) {
    world.rows.Return(*start);
    std::vector<Filed> model;
    std::vector<Reporter> reporters;
    for (int i = 0; i < 9; ++i) {
      Filed filed{{people[draw(3)]}, 2 + draw(3), false};
      if (draw(2) == 0) filed.about.insert(people[draw(3)]);
      reporters.push_back(world.Escrow(std::vector<std::string>(filed.about.begin(), filed.about.end()),
                                       static_cast<std::uint32_t>(filed.others)));
      model.push_back(filed);
      std::vector<std::size_t> waiting;
      for (std::size_t k = 0; k < model.size(); ++k)
        if (!model[k].sent) waiting.push_back(k);
      std::set<std::size_t> go;
      for (std::uint32_t subset = 1; subset < (1u << waiting.size()); ++subset) {
        std::set<std::size_t> with;
        for (std::size_t k = 0; k < model.size(); ++k)
          if (model[k].sent) with.insert(k);
        for (std::size_t bit = 0; bit < waiting.size(); ++bit)
          if ((subset >> bit) & 1) with.insert(waiting[bit]);
        const bool stands = std::all_of(with.begin(), with.end(), [&](std::size_t k) {
          if (model[k].sent) return true;
          return std::any_of(model[k].about.begin(), model[k].about.end(), [&](const std::string& who) {
            std::size_t others = 0;
            for (const std::size_t other : with) others += other != k && model[other].about.contains(who);
            return others >= model[k].others;
          });
        });
        if (stands) go.insert(with.begin(), with.end());
      }
      for (const std::size_t k : go) model[k].sent = true;
      for (std::size_t k = 0; k < model.size(); ++k) ASSERT_EQ(Sent(reporters[k]), model[k].sent) << "round " << round << ", " << i << ", " << k;
    }
    for (const Filed& one : model) {
      released += one.sent;
      several += one.sent && one.about.size() > 1;
    }
  }
  EXPECT_GT(released, 20) << "control: it is about something";
  EXPECT_GT(several, 5);
}

TEST_F(Matching, WithoutAnEmployeeNobodyCouldBeMatched) {
  const std::size_t rows = world.rows.size();
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes nobody = world.TagOf("emp:NOBODY-KNOWN");
  request.subjects = {nobody};
  const cases::Ports ports = world.ports();
  EXPECT_TRUE(intake::PlanReport({ports, world.secrets}, request).ok()) << "control: an ordinary report may name anybody";
  request.escrow = true;
  EXPECT_EQ(Why(intake::PlanReport({ports, world.secrets}, request)), Reason::kEscrowSubjectUnknown);
  const crypto::Bytes eve = world.TagOf("emp:EVE");
  request.subjects = {nobody, eve};
  EXPECT_TRUE(intake::PlanReport({ports, world.secrets}, request).ok()) << "one known person is enough";
  EXPECT_EQ(world.rows.size(), rows);
}

TEST_F(Matching, NoSealedNameWaitsWhereCustodiansWouldSeeIt) {
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes eve = world.TagOf("emp:EVE");
  request.subjects = {eve};
  EXPECT_FALSE(world.Plan(request).custodians.empty()) << "control";
  request.escrow = true;
  EXPECT_TRUE(world.Plan(request).custodians.empty());
}

TEST_F(Matching, TermsOutsideTheirRangeAreRefusedAndNothingIsKept) {
  const auto attempt = [&](std::uint32_t others, base::Day last, bool voice = true, bool planned = true, bool asked = true) {
    Reporter reporter = world.NewReporter();
    intake::PlanRequest request = world.Facts();
    const crypto::Bytes eve = world.TagOf("emp:EVE");
    request.subjects = {eve};
    request.escrow = planned;
    Submission submission = world.Prepare(reporter, world.Plan(request));
    world.Hold(submission, others, last);
    if (!asked) submission.escrow.reset();
    if (!voice) submission.token.clear();
    return world.Submit(submission).status();
  };
  const base::Day today = world.clock.Today();
  const std::size_t rows = world.rows.size();
  EXPECT_EQ(base::DetailOf(attempt(1, today.PlusDays(1)), "field"), "escrow.others");
  EXPECT_EQ(base::DetailOf(attempt(6, today.PlusDays(1)), "field"), "escrow.others");
  EXPECT_EQ(base::DetailOf(attempt(2, today), "field"), "escrow.last_day");
  EXPECT_EQ(base::DetailOf(attempt(2, today.PlusMonths(24).PlusDays(1)), "field"), "escrow.last_day");
  EXPECT_EQ(Why(attempt(2, today.PlusDays(1), false)), Reason::kTokenRequired);
  EXPECT_EQ(base::DetailOf(attempt(2, today.PlusDays(1), true, false), "field"), "escrow");
  EXPECT_EQ(base::DetailOf(attempt(2, today.PlusDays(1), true, true, false), "field"), "escrow");
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_TRUE(attempt(2, today.PlusDays(1)).ok());
  EXPECT_TRUE(attempt(5, today.PlusMonths(24)).ok());
}

TEST_F(Matching, TwoFilingsAtOnceDoNotOverlookEachOther) {
  const Reporter one = world.Escrow("EVE");
  std::vector<Submission> submissions;
  std::vector<Reporter> reporters;
  for (int i = 0; i < 2; ++i) {
    reporters.push_back(world.NewReporter());
    intake::PlanRequest request = world.Facts();
    const crypto::Bytes eve = world.TagOf("emp:EVE");
    request.subjects = {eve};
    request.escrow = true;
    submissions.push_back(world.Prepare(reporters.back(), world.Plan(request)));
    world.Hold(submissions.back(), 2, world.clock.Today().PlusDays(30));
  }
  const cases::Ports ports = world.ports();
  auto first = intake::SubmitReport({ports, world.secrets}, submissions[0].request());
  auto second = intake::SubmitReport({ports, world.secrets}, submissions[1].request());
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(world.Carry(std::move(first)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(second))), Reason::kContended) << "decided before the other was there";
  EXPECT_TRUE(Waits(one));
  ASSERT_TRUE(world.Submit(submissions[1]).ok()) << "the door decides again";
  EXPECT_TRUE(Sent(one) && Sent(reporters[0]) && Sent(reporters[1]));
}

TEST_F(Matching, TwoFilingsAtOnceThatNobodyHoldsToTheRollOverlookEachOther) {
  // The control of the test above.
  const Reporter one = world.Escrow("EVE");
  std::vector<Reporter> reporters;
  std::vector<absl::StatusOr<base::Outcome<intake::Filing>>> decided;
  std::vector<Submission> submissions;
  for (int i = 0; i < 2; ++i) {
    reporters.push_back(world.NewReporter());
    intake::PlanRequest request = world.Facts();
    const crypto::Bytes eve = world.TagOf("emp:EVE");
    request.subjects = {eve};
    request.escrow = true;
    submissions.push_back(world.Prepare(reporters.back(), world.Plan(request)));
    world.Hold(submissions.back(), 2, world.clock.Today().PlusDays(30));
  }
  const cases::Ports ports = world.ports();
  for (const Submission& submission : submissions)
    decided.push_back(intake::SubmitReport({ports, world.secrets}, submission.request()));
  world.rows.BeCareless(true);
  for (auto& one_decision : decided) ASSERT_TRUE(world.Carry(std::move(one_decision)).ok());
  EXPECT_TRUE(Waits(one) && Waits(reporters[0]) && Waits(reporters[1])) << "three voices, and none was heard";
}

TEST_F(Matching, WhoWithdrawsWhileTheLastOneArrivesIsNotSent) {
  const Reporter one = world.Escrow("EVE"), two = world.Escrow("EVE");
  Reporter last = world.NewReporter();
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes eve = world.TagOf("emp:EVE");
  request.subjects = {eve};
  request.escrow = true;
  Submission submission = world.Prepare(last, world.Plan(request));
  world.Hold(submission, 2, world.clock.Today().PlusDays(30));
  const cases::Ports ports = world.ports();
  auto filing = intake::SubmitReport({ports, world.secrets}, submission.request());
  ASSERT_TRUE(filing.ok());
  ASSERT_TRUE(Withdraw(two).ok());
  EXPECT_EQ(Why(world.Carry(std::move(filing))), Reason::kContended);
  ASSERT_TRUE(world.Submit(submission).ok());
  EXPECT_TRUE(Waits(one) && Waits(two) && Waits(last));
}

TEST_F(Matching, WhomOneOfThemKeepsOutReadsNone) {
  std::vector<Reporter> all;
  for (int i = 0; i < 2; ++i) all.push_back(world.Escrow("EVE"));
  Reporter careful = world.NewReporter();
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes eve = world.TagOf("emp:EVE"), amira = world.TagOf("emp:AMIRA");
  request.subjects = {eve};
  request.keep_out = {amira};
  request.escrow = true;
  Submission submission = world.Prepare(careful, world.Plan(request));
  world.Hold(submission, 2, world.clock.Today().PlusDays(30));
  ASSERT_TRUE(world.Submit(submission).ok());
  all.push_back(std::move(careful));
  for (const Reporter& one : all) {
    ASSERT_TRUE(Sent(one));
    EXPECT_NE(world.AssigneeOf(one).text(), "amira");
    for (const grants::Holder& holder : world.CaseOf(one).thread.holders)
      EXPECT_TRUE(holder.staff.text() != "amira" || holder.lost);
  }
}

TEST_F(Matching, MoreThanMayBeLinkedAreSentAllTheSame) {
  std::vector<Reporter> all;
  for (std::size_t i = 0; i < cases::kMostLinked + 3; ++i) all.push_back(world.Escrow("EVE"));
  for (const Reporter& one : all) {
    EXPECT_TRUE(Sent(one));
    EXPECT_FALSE(world.AssigneeOf(one).empty());
    EXPECT_LT(world.CaseOf(one).linked.size(), cases::kMostLinked);
  }
}

TEST_F(Matching, TheClocksOfTheTeamStartWhenTheyGetIt) {
  const Reporter one = world.Escrow("EVE");
  PassDays(80);
  world.Escrow("EVE");
  world.Escrow("EVE");
  ASSERT_TRUE(Sent(one));
  const base::Day today = world.clock.Today();
  for (const clocks::Deadline& deadline : cases::DeadlinesOf(world.ports(), world.CaseOf(one))) {
    if (deadline.due) {
      EXPECT_GE(*deadline.due, today) << deadline.kind;
    }
  }
  const auto reviewed = Review(one);
  ASSERT_TRUE(reviewed.ok());
  EXPECT_FALSE(reviewed->lapsed) << "nobody is late on the day they get it";
  PassDays(60);
  EXPECT_TRUE(Review(one)->lapsed) << "control: the dead-man is armed (P7)";
}

TEST_F(Matching, WhatNobodyMatchedGoesAfterItsLastDay) {
  const Reporter one = world.Escrow("EVE", 2, 30);
  PassDays(30);
  ASSERT_TRUE(Review(one).ok());
  EXPECT_FALSE(*cases::IsDoomed(world.rows, one.case_id)) << "control: on its last day";
  PassDays(1);
  ASSERT_TRUE(Review(one).ok());
  const auto doomed = *cases::DoomOf(world.rows, one.case_id);
  ASSERT_TRUE(doomed && doomed->record.whole);
  EXPECT_TRUE(doomed->record.whole->escrow_over);
  EXPECT_EQ(doomed->record.whole->day, world.clock.Today());
  // The batch of storage takes the case's rows; what follows takes it from the roll.
  const cases::GoneCase gone = cases::GoneCaseOf(world.CaseOf(one), *doomed->record.whole);
  const base::EmployeeId eve = world.CaseOf(one).escrow->about.front();
  auto tombstone = cases::DecideTombstone(world.rows, world.file.id, world.clock.Today(), gone, 1, world.random);
  ASSERT_TRUE(tombstone.ok()) << tombstone.status();
  ASSERT_TRUE(world.rows.Commit(*tombstone, world.file.id, world.clock.Today()).ok());
  EXPECT_FALSE(*world.rows.Get<cases::EscrowRoll>(base::RowKey(eve)));
}

TEST_F(Matching, AClockThatLeaptEndsNoEscrow) {
  const Reporter one = world.Escrow("EVE", 2, 30);
  clocks::SeenTime seen;
  seen.seen = world.clock.Now();
  world.rows.Put(seen);
  PassDays(31);
  ASSERT_TRUE(Review(one).ok());
  EXPECT_FALSE(*cases::IsDoomed(world.rows, one.case_id));
  seen.seen = world.clock.Now();
  world.rows.Put(seen);
  ASSERT_TRUE(Review(one).ok());
  EXPECT_TRUE(*cases::IsDoomed(world.rows, one.case_id)) << "control";
}

TEST_F(Matching, WhatWouldEndOrTellWaitsUntilTheTeamHasWritten) {
  const Reporter one = world.Escrow("EVE");
  world.Escrow("EVE");
  world.Escrow("EVE");
  const base::StaffSlug caller = world.AssigneeOf(one);
  const auto ask = [&](format::ApprovalKind kind, const std::string& code) {
    approvals::Terms terms;
    terms.kind = kind;
    terms.code = code;
    return Why(approvals::WhoDecides(world.ports(), caller, {one.case_id, terms, {}}));
  };
  EXPECT_EQ(ask(format::ApprovalKind::kDelete, "legal_duty"), Reason::kReporterUnanswered);
  EXPECT_EQ(ask(format::ApprovalKind::kCloseCase, "insufficient_contact"), Reason::kReporterUnanswered);
  EXPECT_EQ(ask(format::ApprovalKind::kCloseUnread, "insufficient_contact"), Reason::kReporterUnanswered);
  EXPECT_EQ(ask(format::ApprovalKind::kRedact, ""), Reason::kReporterUnanswered);
  EXPECT_EQ(ask(format::ApprovalKind::kShorten, ""), Reason::kReporterUnanswered);
  EXPECT_EQ(Why(exports::ExportCase(world.ports(), caller, one.case_id, world.RequestId(), format::ExportPurpose::kCourt)),
            Reason::kReporterUnanswered);
  ASSERT_TRUE(Reply(one).ok());
  EXPECT_NE(ask(format::ApprovalKind::kDelete, "legal_duty"), Reason::kReporterUnanswered) << "control";
  EXPECT_TRUE(
      exports::ExportCase(world.ports(), caller, one.case_id, world.RequestId(), format::ExportPurpose::kCourt).ok());
}

TEST_F(Matching, TheFirstWordsOfTheTeamTellTheReporterEverything) {
  const Reporter one = world.Escrow("EVE");
  world.Escrow("EVE");
  PassDays(3);
  world.Escrow("EVE");
  const base::Day released = world.clock.Today();
  const base::StaffSlug caller = world.AssigneeOf(one);
  world.Open(caller, one.case_id, Keyring::kThread);
  PassDays(2);
  EXPECT_FALSE(cases::GetMailbox(world.ports(), one.mailbox)->escrow->released);
  const auto team = world.Carry(cases::GetCase(world.ports(), caller, one.case_id));
  EXPECT_TRUE(team->summary.escrow->veiled) << "the team is warned";
  EXPECT_EQ(team->summary.escrow->released, released);
  ASSERT_TRUE(Reply(one).ok());
  const auto view = cases::GetMailbox(world.ports(), one.mailbox);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->escrow->released, released);
  EXPECT_EQ(view->assignee, caller);
  EXPECT_TRUE(std::any_of(view->readers.begin(), view->readers.end(),
                          [&](const cases::ReaderView& reader) { return reader.staff == caller && reader.released && reader.opened; }));
  format::LeafChain chain(world.file.id, one.case_id);
  std::vector<std::string> kinds;
  const auto page = cases::ListLeaves(world.ports(), one.mailbox, {.size = 100, .token = ""});
  for (const cases::OpenedLeaf& leaf : page->leaves) {
    const auto read = chain.Append(leaf.content, *format::LeafSalt::FromBytes(leaf.salt));
    ASSERT_TRUE(read.ok()) << read.status();
    kinds.emplace_back(format::Name(read->kind));
  }
  EXPECT_EQ(chain.head(), view->leaf_head);
  EXPECT_THAT(kinds, ElementsAre("case.filed", "escrow.held", "escrow.released", "grant.released", "case.opened", "case.assigned",
                                 "entry.appended"));
  EXPECT_FALSE(cases::IsVeiled(world.CaseOf(one)));
}

TEST_F(Matching, AReportOfRetaliationCannotWait) {
  const Reporter old = world.File();
  PassDays(31);
  Reporter fresh = world.NewReporter();
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes eve = world.TagOf("emp:EVE");
  request.subjects = {eve};
  request.escrow = true;
  Submission submission = world.Prepare(fresh, world.Plan(request));
  world.Hold(submission, 2, world.clock.Today().PlusDays(30));
  const Draft answer = world.Write(Keyring::kThread, EntryKind::kCheckIn, old.case_id, old.keys.signing, old.epochs.back());
  const cases::Ports ports = world.ports();
  const auto answered = intake::AnswerCheckIn(
      {ports, world.secrets}, old.mailbox,
      {world.RequestId(), {clocks::Since::kFiling, 30}, answer.entry(), submission.request()});
  EXPECT_EQ(base::DetailOf(answered.status(), "field"), "escrow");
}

}  // namespace
}  // namespace alcove::world
