// How allegations, findings and measures read.
#include "client/cli/case/casework_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/case/case_text.h"

namespace alcove::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kAllegation[] = "cases/aaaaaaaaaaaaaaaaaaaaaaaaaa/allegations/bcdefghijklmnopqrstuvwxyz2";

TEST(EscrowText, EveryOneOfThemWarnsOfItsFiler) {
  client::OpenedCase opened;
  opened.facts.set_name("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_THAT(CaseText(opened, 400), Not(HasSubstr("CAUTION"))) << "control: an ordinary report";
  EXPECT_THAT(InboxTable({opened.facts}), Not(HasSubstr("escrow")));
  v1::Escrow& escrow = *opened.facts.mutable_escrow();
  escrow.mutable_terms()->set_others(3);
  escrow.set_reporter_unaware(true);
  EXPECT_THAT(CaseText(opened, 400), HasSubstr("a filer may be the subject or an ally of theirs"));
  EXPECT_THAT(CaseText(opened, 400), HasSubstr("until 3 others had named"));
  EXPECT_THAT(CaseText(opened, 400), HasSubstr("does not know that you have it"));
  EXPECT_THAT(InboxTable({opened.facts}), HasSubstr("escrow"));
  escrow.set_reporter_unaware(false);
  EXPECT_THAT(CaseText(opened, 400), HasSubstr("an ally of theirs"));
  EXPECT_THAT(CaseText(opened, 400), Not(HasSubstr("does not know that you have it")));
}

TEST(CaseworkText, TablesShowShortIdsCodesAndDaysTheEarliestFirst) {
  v1::Case facts;
  v1::Allegation* allegation = facts.add_allegations();
  allegation->set_name(kAllegation);
  allegation->set_category("bullying");
  EXPECT_THAT(AllegationTable(facts), HasSubstr("bcdefghijk  bullying  none yet"));
  allegation->set_finding("unfounded");
  EXPECT_THAT(AllegationTable(facts), HasSubstr("bcdefghijk  bullying  unfounded"));

  for (const int day : {20, 10}) {
    v1::Measure* measure = facts.add_measures();
    measure->set_name("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa/measures/m" + std::to_string(day));
    measure->set_kind("interim.subject_location_change");
    measure->set_owner("staff/mira");
    measure->set_state(v1::MEASURE_STATE_RUNNING);
    measure->mutable_due()->set_year(2026);
    measure->mutable_due()->set_month(12);
    measure->mutable_due()->set_day(day);
    measure->set_overdue(day == 10);
  }
  const std::string table = MeasureTable(facts);
  EXPECT_LT(table.find("2026-12-10"), table.find("2026-12-20"));
  EXPECT_THAT(table, HasSubstr("running, OVERDUE"));
  EXPECT_THAT(table, HasSubstr("subject location change (interim)"));
  EXPECT_THAT(table, HasSubstr("mira"));
}

TEST(CaseworkText, WhatHrDoesStandsBesideItsMeasure) {
  const auto text = [](v1::OrderState state, bool overdue = false) {
    v1::Case facts;
    v1::MeasureOrderState& order = *facts.add_measures()->mutable_order();
    order.set_state(state);
    order.set_overdue(overdue);
    if (state == v1::ORDER_STATE_REFUSED) order.set_refusal("works_council");
    return MeasureTable(facts);
  };
  EXPECT_THAT(text(v1::ORDER_STATE_WAITING), HasSubstr("HR is to do it"));
  EXPECT_THAT(text(v1::ORDER_STATE_WAITING, true), HasSubstr("HR is to do it, NOT ANSWERED"));
  EXPECT_THAT(text(v1::ORDER_STATE_EXECUTED), HasSubstr("HR did it"));
  EXPECT_THAT(text(v1::ORDER_STATE_REFUSED), HasSubstr("HR REFUSED (works council)"));
  EXPECT_THAT(text(v1::ORDER_STATE_WITHDRAWN), HasSubstr("taken back from HR"));
  client::OpenedEntry entry;
  sealed::v1::Measure& measure = entry.measure.emplace();
  measure.set_kind("interim.subject_schedule_change");
  measure.mutable_told()->set_kind("schedule_change");
  measure.mutable_told()->set_reason("operational");
  measure.mutable_told()->add_people()->add_identifiers("emp:4711");
  EXPECT_THAT(MattersText(entry), HasSubstr("HR is told: schedule change for emp:4711"));
}

TEST(CaseworkText, EntriesReadAsSentencesAndSteerNoTerminal) {
  client::OpenedEntry entry;
  sealed::v1::Finding& finding = entry.finding.emplace();
  finding.set_allegation(kAllegation);
  finding.set_finding("unsubstantiated");
  finding.set_text("Two people \x1b[2J who were there say otherwise.");
  finding.add_evidence("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa/entries/eeeeeeeeeeeeeeeeeeeeeeeeee");
  const std::string text = MattersText(entry);
  EXPECT_THAT(text, HasSubstr("Finding on allegation bcdefghijk: unsubstantiated"));
  EXPECT_THAT(text, HasSubstr("rests on eeeeeeeeee"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));

  client::OpenedEntry other;
  sealed::v1::Measure& measure = other.measure.emplace();
  measure.set_measure("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa/measures/mmmmmmmmmmmmmmmmmmmmmmmmmm");
  measure.set_kind("remedy.apology");
  measure.set_reason("It was found so.");
  measure.add_people()->set_name("Kim");
  EXPECT_THAT(MattersText(other), HasSubstr("Measure mmmmmmmmmm: apology (remedy)"));
  EXPECT_THAT(MattersText(other), HasSubstr("concerns Kim"));
  client::OpenedEntry message;
  message.message.emplace().set_text("Hello.");
  EXPECT_EQ(MattersText(message), "");
}

TEST(CaseworkText, TheCaseShowsMattersAndTheirWords) {
  client::OpenedCase opened;
  opened.facts.set_name("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  v1::Allegation* allegation = opened.facts.add_allegations();
  allegation->set_name(kAllegation);
  allegation->set_category("bullying");
  client::OpenedEntry entry;
  entry.author = "mira";
  entry.allegation.emplace().set_allegation(kAllegation);
  entry.allegation->set_category("bullying");
  entry.allegation->set_text("Shouted at trainees, every Friday.");
  opened.team.push_back(entry);
  const std::string text = CaseText(opened, 80);
  EXPECT_THAT(text, HasSubstr("What is alleged"));
  EXPECT_THAT(text, HasSubstr("Allegation bcdefghijk: bullying"));
  EXPECT_THAT(text, HasSubstr("Shouted at trainees"));
}

TEST(CaseworkText, WhatTheSubjectChangesComesBeforeWhatWeighsOnTheHarmedPerson) {
  client::Intake intake;
  const auto choice = [](const char* code, bool burdens) {
    return client::Choice{code, client::Words({{"en", std::string("name of ") + code}}), burdens};
  };
  intake.taxonomy["measure.interim"] = {choice("paid_leave", true), choice("subject_location_change", false)};
  intake.taxonomy["measure.remedy"] = {choice("apology", false)};
  const std::string text = KindsText(intake, "en");
  EXPECT_LT(text.find("interim.subject_location_change"), text.find("interim.paid_leave"));
  EXPECT_LT(text.find("interim.paid_leave"), text.find("remedy.apology"));
  EXPECT_THAT(text, HasSubstr("name of apology"));
  EXPECT_EQ(text.find("--agreed"), text.rfind("--agreed"));
}

TEST(CaseworkText, WordsOfStatesLeadBack) {
  for (int number = 1; number <= 4; ++number) {
    const auto state = static_cast<v1::MeasureState>(number);
    EXPECT_EQ(MeasureStateOf(MeasureWord(state)), state);
  }
  EXPECT_FALSE(MeasureStateOf("finished"));
}

}  // namespace
}  // namespace alcove::cli
