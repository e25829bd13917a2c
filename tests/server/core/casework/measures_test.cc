// Measures: kinds, owners, days, agreement, steps.
#include "tests/server/core/casework/scene.h"

namespace alcove::world {
namespace {

using Measures = CaseUnderWay;

TEST_F(Measures, AMeasureIsShownToTheTeamAndNotToTheReporter) {
  const auto before = cases::GetMailbox(world.ports(), reporter.mailbox);
  const base::AllegationId allegation = Alleged();
  casework::NewMeasure measure = NoContact();
  measure.allegation = allegation;
  const auto written = Order(measure);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(HiddenKinds().back(), LeafKind::kMeasureCreated);
  const auto detail = world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id));
  ASSERT_EQ(detail->measures.size(), 1u);
  const cases::MeasureView& view = detail->measures[0];
  EXPECT_EQ(view.id, measure.id);
  EXPECT_EQ(view.allegation, allegation);
  EXPECT_EQ(view.kind, "interim.no_contact");
  EXPECT_EQ(view.owner, assignee);
  EXPECT_EQ(view.due, measure.due);
  EXPECT_EQ(view.state, MeasureState::kPlanned);
  EXPECT_FALSE(view.overdue);
  EXPECT_EQ(view.etag, written->etag);
  EXPECT_EQ(cases::GetMailbox(world.ports(), reporter.mailbox)->leaf_head, before->leaf_head);
}

TEST_F(Measures, EveryKindOfThePolicyIsTakenAndNoOther) {
  for (const char* kind : {"interim.subject_location_change", "subject.training.anti_harassment", "remedy.apology",
                           "organisation.climate_survey", "subject.training.bystander_intervention"}) {
    casework::NewMeasure measure = NoContact();
    measure.kind = kind;
    EXPECT_TRUE(Order(measure).ok()) << kind;
  }
  for (const char* kind : {"", ".", "no_contact", "interim", "interim.", "interim.apology", "remedy.no_contact",
                           "category.bullying", "measure.interim.no_contact", "finding.unfounded", ".no_contact"}) {
    casework::NewMeasure measure = NoContact();
    measure.kind = kind;
    EXPECT_EQ(Why(Order(measure)), Reason::kCodeUnknown) << kind;
  }
  casework::NewMeasure measure = NoContact();
  measure.kind = std::string(100'000, 'x');
  EXPECT_EQ(Why(Order(measure)), Reason::kCodeUnknown);
}

TEST_F(Measures, WhatWeighsOnTheHarmedPersonNeedsTheirAgreement) {
  for (const char* kind : {"interim.remote_work", "interim.paid_leave", "interim.separate_reporting_line"}) {
    casework::NewMeasure measure = NoContact();
    measure.kind = kind;
    EXPECT_EQ(Why(Order(measure)), Reason::kMeasureRefused) << kind;
    measure.harmed_person_agreed = true;
    EXPECT_TRUE(Order(measure).ok()) << kind;
  }
  for (const char* kind : {"interim.subject_schedule_change", "interim.subject_location_change"}) {
    casework::NewMeasure measure = NoContact();
    measure.kind = kind;
    EXPECT_TRUE(Order(measure).ok()) << kind << " weighs on the subject";
  }
}

TEST_F(Measures, TheLastDayIsNeitherBeforeTodayNorMoreThanTwoYearsAhead) {
  const base::Day today = world.clock.Today();
  for (const auto& [due, reason] : std::vector<std::pair<base::Day, std::optional<Reason>>>{
           {today.PlusDays(-1), Reason::kFieldInvalid},
           {today, std::nullopt},
           {today.PlusMonths(24), std::nullopt},
           {today.PlusMonths(24).PlusDays(1), Reason::kFieldInvalid},
           {base::Day(), Reason::kFieldInvalid},
           {base::Day(base::Day::kMax), Reason::kFieldInvalid}}) {
    casework::NewMeasure measure = NoContact();
    measure.due = due;
    EXPECT_EQ(Why(Order(measure)), reason) << due.Text();
  }
  world.clock.now -= std::chrono::hours(24 * 30);
  casework::NewMeasure measure = NoContact();
  measure.due = world.clock.Today();
  EXPECT_EQ(Why(Order(measure)), Reason::kFieldInvalid) << "the clock went back: still not before the report";
}

TEST_F(Measures, TheOwnerIsSomebodyWhoReadsTheCase) {
  for (const char* slug : {"ada", "erik", "fay", "cora", "nobody"}) {
    casework::NewMeasure measure = NoContact();
    measure.owner = Slug(slug);
    EXPECT_EQ(Why(Order(measure)), Reason::kFieldInvalid) << slug;
  }
  casework::NewMeasure measure = NoContact();
  measure.owner = {};
  EXPECT_EQ(Why(Order(measure)), Reason::kFieldInvalid);
}

TEST_F(Measures, AnAllegationOfAnotherCaseIsNone) {
  casework::NewMeasure measure = NoContact();
  measure.allegation = format::DrawId<base::AllegationId>(world.random);
  EXPECT_EQ(Why(Order(measure)), Reason::kFieldInvalid);
}

TEST_F(Measures, StepsGoForwardOnly) {
  using enum MeasureState;
  const auto allowed = [](MeasureState from, MeasureState to) {
    return (from == kPlanned && to != kPlanned) || (from == kRunning && (to == kDone || to == kCancelled));
  };
  for (const MeasureState from : {kPlanned, kRunning, kDone, kCancelled}) {
    for (const MeasureState to : {kPlanned, kRunning, kDone, kCancelled}) {
      const base::MeasureId id = Ordered(NoContact());
      cases::Measure row = MeasureRow(id);
      row.state = from;
      world.rows.Put(row);
      const bool may = allowed(from, to);
      EXPECT_EQ(Why(Step(id, to)), may ? std::nullopt : std::optional(Reason::kMeasureRefused))
          << static_cast<int>(from) << " to " << static_cast<int>(to);
      EXPECT_EQ(MeasureRow(id).state, may ? to : from);
    }
  }
}

TEST_F(Measures, AStepMayComeWithWordsAndIsRepeatedAsItWas) {
  const base::MeasureId id = Ordered(NoContact());
  const std::string etag = EtagOf(id), request_id = world.RequestId();
  const Draft words = Words(EntryKind::kMeasure);
  const cases::NewEntry entry = words.entry();
  const auto step = [&](MeasureState to, const cases::NewEntry* with) {
    return world.Carry(casework::ChangeMeasureState(world.ports(), assignee, reporter.case_id, id, etag, request_id, to, with));
  };
  const auto first = step(MeasureState::kRunning, &entry);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->entry->head, Record().team.head);
  EXPECT_EQ(HiddenKinds().back(), LeafKind::kMeasureChanged);
  const auto again = step(MeasureState::kRunning, &entry);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->etag, first->etag);
  EXPECT_EQ(Why(step(MeasureState::kRunning, nullptr)), Reason::kRequestIdReused);
  EXPECT_EQ(Why(step(MeasureState::kDone, &entry)), Reason::kRequestIdReused);
  EXPECT_EQ(Why(world.Carry(casework::ChangeMeasureState(world.ports(), assignee, reporter.case_id, id, etag,
                                                         world.RequestId(), MeasureState::kDone, nullptr))),
            Reason::kEtagStale);
  EXPECT_EQ(Why(world.Carry(casework::ChangeMeasureState(world.ports(), assignee, reporter.case_id,
                                                         format::DrawId<base::MeasureId>(world.random), etag,
                                                         world.RequestId(), MeasureState::kDone, nullptr))),
            Reason::kNothingHere);
}

TEST_F(Measures, AClosedCaseTakesNone) {
  PutState(State::kClosed);
  EXPECT_EQ(Why(Order(NoContact())), Reason::kKindRefused);
}

TEST_F(Measures, NoCaseHasMoreThanItMay) {
  for (std::size_t i = 0; i < casework::kMostMeasures; ++i) {
    cases::Measure row;
    row.case_id = reporter.case_id;
    row.id = format::DrawId<base::MeasureId>(world.random);
    world.rows.Put(row);
  }
  EXPECT_EQ(Why(Order(NoContact())), Reason::kQuotaExceeded);
}

}  // namespace
}  // namespace alcove::world
