// How long a case is kept, and that it goes then and not before, by nobody's hand and only when nothing stands against it.
#include "tests/promises/nothing_buried/scene.h"

namespace alcove::world {
namespace {

constexpr int kWait = 8;

class P5_Retention : public Buried {
 protected:
  // Keeps everything for 13 months, but for what was substantiated.
  void SetUp() override {
    Read();
    Put([](cases::Case& record) { record.retention = {{"", "", "", 13}, {"", "substantiated", "", 60}}; });
    PublishMonths(13);
  }
  // Today's profile keeps everything for so long.
  void PublishMonths(int months) {
    world.PublishPolicy(people::Document::kProfiles, R"({"profiles": [{"id": ")" + Record().profile +
                                                         R"(", "retention": [{"months": )" + std::to_string(months) + "}]}]}");
  }
  base::Day LastDay() {
    const auto last = *cases::LastDayOf(world.ports(), Record());
    EXPECT_TRUE(last);
    return last.value_or(base::Day());
  }
  void GoTo(base::Day day) { world.clock.now = base::StartOf(day) + std::chrono::hours(9); }
  std::vector<casework::Task> Tasks() {
    const auto page = world.Carry(casework::ListTasks(world.ports(), asker, {}));
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<casework::Task> tasks;
    for (const casework::Task& task : page->tasks)
      if (task.deadline == "retention") tasks.push_back(task);
    return tasks;
  }
};

TEST_F(P5_Retention, ACaseIsKeptThroughItsLastDayAndGoesOnTheNextByNobodysHand) {
  Close();
  const base::Day last = LastDay();
  EXPECT_EQ(last, world.clock.Today().PlusMonths(13));
  EXPECT_EQ(Mailbox().kept_until, last) << "the reporter sees the day";
  GoTo(last);
  EXPECT_EQ(Review(), std::nullopt);
  EXPECT_FALSE(IsDoomed()) << "the last day counts";
  GoTo(last.PlusDays(1));
  EXPECT_EQ(Review(), std::nullopt);
  EXPECT_TRUE(IsDoomed());
  EXPECT_FALSE(TeamReads());
  const cases::MailboxView mailbox = Mailbox();
  ASSERT_TRUE(mailbox.gone);
  EXPECT_FALSE(mailbox.gone->cause.kind) << "nobody approved it";
  EXPECT_EQ(mailbox.gone->cause.day, last.PlusDays(1));
}

TEST_F(P5_Retention, AnOpenCaseIsKeptForEver) {
  GoTo(world.clock.Today().PlusMonths(300));
  EXPECT_EQ(*cases::LastDayOf(world.ports(), Record()), std::nullopt);
  Review();
  EXPECT_FALSE(IsDoomed());
}

TEST_F(P5_Retention, TheOutcomeDecidesAndTheLongerLineHolds) {
  Close();
  const base::Day short_one = LastDay();
  const base::AllegationId id = Alleged();
  auto row = *world.rows.Get<cases::Allegation>(base::RowKey(reporter.case_id, id));
  row->record.finding = "substantiated";
  world.rows.Put(std::move(row->record));
  EXPECT_EQ(LastDay(), world.clock.Today().PlusMonths(60));
  EXPECT_GT(LastDay(), short_one) << "control";
}

TEST_F(P5_Retention, ALaterPolicyKeepsLongerButNotShorter) {
  Put([](cases::Case& record) { record.retention = {{"", "", "", 48}}; });
  Close();
  EXPECT_EQ(LastDay(), world.clock.Today().PlusMonths(48)) << "today's says 13";
  PublishMonths(90);
  EXPECT_EQ(LastDay(), world.clock.Today().PlusMonths(90));
}

TEST_F(P5_Retention, WhatTheReporterWritesStopsTheClockUntilItWasReadAndThenItBeginsAnew) {
  Close();
  const base::Day first = LastDay();
  GoTo(first);
  ReporterWrites();
  EXPECT_EQ(*cases::LastDayOf(world.ports(), Record()), std::nullopt);
  EXPECT_EQ(Mailbox().kept_until, std::nullopt);
  EXPECT_TRUE(Mailbox().unread);
  GoTo(first.PlusDays(400));
  Review();
  EXPECT_FALSE(IsDoomed()) << "it lay unread, and the clock stood";
  Read();
  EXPECT_EQ(LastDay(), world.clock.Today().PlusMonths(13)) << "counted from when it was read";
  EXPECT_FALSE(Mailbox().unread);
  GoTo(LastDay().PlusDays(1));
  Review();
  EXPECT_TRUE(IsDoomed()) << "control";
}

TEST_F(P5_Retention, AHoldKeepsItAndWhenItIsLiftedThirtyDaysAreLeft) {
  Close();
  ASSERT_EQ(Hold(), std::nullopt);
  GoTo(LastDay().PlusDays(1000));
  Review();
  EXPECT_FALSE(IsDoomed());
  const base::ApprovalId id = Asked(Of(ApprovalKind::kLiftHold, "litigation"), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(LastDay(), world.clock.Today().PlusDays(clocks::kNoticeDays));
  Review();
  EXPECT_FALSE(IsDoomed());
  EXPECT_EQ(Tasks().size(), 1u) << "it is listed first";
  GoTo(LastDay().PlusDays(1));
  Review();
  EXPECT_TRUE(IsDoomed()) << "control";
}

TEST_F(P5_Retention, AHoldPlacedInTimeBringsBackWhatRetentionTook) {
  Close();
  GoTo(LastDay().PlusDays(1));
  Review();
  ASSERT_TRUE(IsDoomed());
  ASSERT_EQ(Hold(), std::nullopt);
  EXPECT_TRUE(TeamReads());
  Review();
  EXPECT_FALSE(IsDoomed());
}

TEST_F(P5_Retention, OnAClockThatLeaptNothingGoes) {
  Close();
  const auto look = [&] {
    return world.Carry(clocks::Observe(world.rows, world.file.id, world.clock.now, std::chrono::seconds(0), true, world.random))->turn;
  };
  look();
  const base::Day last = LastDay();
  GoTo(last.PlusDays(1));
  Review();
  EXPECT_FALSE(IsDoomed()) << "before anybody looked";
  ASSERT_EQ(look(), clocks::Turn::kFroze);
  Review();
  EXPECT_FALSE(IsDoomed());
  base::ChangeSet changes;
  std::vector<base::LeafDraft> leaves;
  ASSERT_TRUE(*clocks::Confirm(world.rows, world.file.id, Slug("ada"), world.clock.now, world.random, changes, leaves));
  ASSERT_TRUE(world.rows.Commit(changes, leaves, world.file.id, world.clock.Today(), [](const base::Stamps&) {}).ok());
  Review();
  EXPECT_TRUE(IsDoomed()) << "control: once it is confirmed";
}

TEST_F(P5_Retention, WhatGoesWithinThirtyDaysIsListedWithItsDay) {
  Close();
  const base::Day last = LastDay();
  GoTo(last.PlusDays(-31));
  EXPECT_TRUE(Tasks().empty());
  GoTo(last.PlusDays(-30));
  const auto tasks = Tasks();
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].due, last);
  EXPECT_EQ(tasks[0].case_id, reporter.case_id);
  EXPECT_EQ(Mailbox().kept_until, last);
  const auto moment = world.rows.Keep();
  ASSERT_EQ(Hold(), std::nullopt);
  EXPECT_TRUE(Tasks().empty()) << "with a hold it does not go";
  world.rows.Return(*moment);
  ReporterWrites();
  EXPECT_TRUE(Tasks().empty()) << "its clock stands";
}

TEST_F(P5_Retention, ShortenedItGoesEarlierUnlessTheReporterWrites) {
  Close();
  const base::Day day = world.clock.Today().PlusDays(60);
  const base::ApprovalId id = Asked(Shortens(60), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(LastDay(), day);
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kApprovalExecuted, LeafKind::kRetentionShortened}));
  EXPECT_EQ(Mailbox().kept_until, day);
  const auto moment = world.rows.Keep();
  ReporterWrites();
  Read();
  EXPECT_EQ(LastDay(), world.clock.Today().PlusMonths(13)) << "what was approved was approved of a case that had ended";
  world.rows.Return(*moment);
  GoTo(day.PlusDays(1));
  Review();
  EXPECT_TRUE(IsDoomed()) << "control";
}

TEST_F(P5_Retention, OnlyAnEarlierDayFarEnoughAheadShortensIt) {
  Close();
  const auto whole = static_cast<int>(LastDay().DaysSince(world.clock.Today()));
  EXPECT_EQ(Why(WhoDecides(Shortens(whole))), Reason::kRetentionRefused) << "no earlier";
  EXPECT_EQ(Why(WhoDecides(Shortens(29))), Reason::kRetentionRefused) << "too soon";
  EXPECT_EQ(Why(WhoDecides(Shortens(0))), Reason::kRetentionRefused);
  EXPECT_TRUE(WhoDecides(Shortens(whole - 1)).ok()) << "control";
  EXPECT_TRUE(WhoDecides(Shortens(30)).ok()) << "control";
  // Far enough when it was asked for is not far enough when it is carried out.
  const base::ApprovalId id = Asked(Shortens(30 + kWait - 1), {"carl", "cora"});
  PassDays(kWait);
  EXPECT_EQ(Execute(id), Reason::kRetentionRefused);
  EXPECT_FALSE(Record().shortened);
}

TEST_F(P5_Retention, ReopenedItIsKeptAgain) {
  Close();
  Put([](cases::Case& record) {
    record.shortened = record.marks.closed->PlusDays(40);
    record.assessed = 0b11111;
  });
  const base::Day day = LastDay();
  ASSERT_TRUE(world.Carry(cases::ChangeCaseState(world.ports(), asker, reporter.case_id, cases::EtagOf(world.ports(), Record()),
                                                 world.RequestId(), cases::State::kReopened, "new_evidence")).ok());
  EXPECT_FALSE(Record().shortened);
  EXPECT_EQ(*cases::LastDayOf(world.ports(), Record()), std::nullopt);
  GoTo(day.PlusDays(1));
  Review();
  EXPECT_FALSE(IsDoomed());
}

}  // namespace
}  // namespace alcove::world
