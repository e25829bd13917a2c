// Deadlines, day by day.
#include "server/core/clocks/deadlines.h"
#include "tests/tree/source_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

namespace alcove::clocks {
namespace {

base::Day On(std::string_view text) { return *base::Day::FromText(text); }

constexpr std::uint8_t kSatSun = 0x60;

base::Day Due(const std::vector<Deadline>& deadlines, std::string_view kind) {
  for (const Deadline& deadline : deadlines)
    if (deadline.kind == kind) return *deadline.due;
  ADD_FAILURE() << "no such clock";
  return {};
}

TEST(Clocks, RunFromTheEndOfTheDayOfFiling) {
  Marks marks;
  marks.filed = marks.assigned = On("2026-11-20");  // a Friday
  const auto due = InternalDeadlines(marks, {}, {kSatSun, {}});
  EXPECT_EQ(Due(due, "acknowledge"), On("2026-11-27"));
  EXPECT_EQ(Due(due, "claim"), On("2026-11-21"));
  EXPECT_EQ(Due(due, "triage"), On("2026-11-24"));
  EXPECT_EQ(Due(due, "personal_message"), On("2026-11-25"));
  EXPECT_EQ(Due(due, "feedback"), On("2027-02-27")) << "three months from day 7, for none was sent";
}

TEST(Clocks, FeedbackRunsFromTheAcknowledgementAndALateOneDoesNotHelp) {
  Marks marks;
  marks.filed = marks.assigned = On("2026-11-20");
  marks.acknowledged = On("2026-11-22");
  EXPECT_EQ(Due(InternalDeadlines(marks, {}, {}), "feedback"), On("2027-02-22"));
  marks.acknowledged = On("2026-12-20");
  EXPECT_EQ(Due(InternalDeadlines(marks, {}, {}), "feedback"), On("2027-02-27"));
}

TEST(Clocks, MonthsEndOnTheLastDayWhereTheDayIsMissing) {
  Marks marks;
  marks.filed = marks.assigned = On("2026-11-20");
  marks.acknowledged = On("2026-11-20");
  marks.filed = On("2026-11-30");
  marks.acknowledged = On("2026-11-30");
  EXPECT_EQ(Due(InternalDeadlines(marks, {}, {}), "feedback"), On("2027-02-28"));
  marks.filed = marks.acknowledged.emplace(On("2027-11-30"));
  EXPECT_EQ(Due(InternalDeadlines(marks, {}, {}), "feedback"), On("2028-02-29"));
}

TEST(Clocks, HolidaysAreNoWorkingDays) {
  const people::Calendar calendar{kSatSun, {On("2026-12-25"), On("2026-12-28")}};
  EXPECT_EQ(AddWorkingDays(On("2026-12-24"), 1, calendar), On("2026-12-29"));
  EXPECT_EQ(AddWorkingDays(On("2026-12-24"), 1, {}), On("2026-12-25")) << "control: every day works";
}

TEST(Clocks, AnOpenCaseKeepsTheStricterOfFilingAndTodayValueByValue) {
  Marks marks;
  marks.filed = marks.assigned = On("2026-11-20");
  people::Terms at_filing;
  at_filing.acknowledge_days = 3;
  people::Profile today;
  today.terms.triage_working_days = 1;
  today.calendar.weekend = kSatSun;
  today.external = {{"us_eeoc.charge_180", 180, 0, true}};
  const auto due = DeadlinesOf(marks, at_filing, {kSatSun, {}}, &today);
  EXPECT_EQ(Due(due, "acknowledge"), On("2026-11-23"));
  EXPECT_EQ(Due(due, "triage"), On("2026-11-23"));
  ASSERT_EQ(due.size(), 6u);
  EXPECT_TRUE(due[5].external);
  EXPECT_FALSE(due[5].due.has_value()) << "it starts at a date that is sealed";
  EXPECT_EQ(DeadlinesOf(marks, at_filing, {kSatSun, {}}, nullptr).size(), 5u);
}

nlohmann::json PublishedTable() {
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/tests/vectors/deadlines.json");
  return nlohmann::json::parse(in, nullptr, false);
}

people::Calendar CalendarOf(const nlohmann::json& row) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  people::Calendar calendar;
  for (const std::string day : row["weekend"])
    calendar.weekend = static_cast<std::uint8_t>(calendar.weekend |
                                                 (1u << (std::find(kDays.begin(), kDays.end(), day) - kDays.begin())));
  for (const std::string day : row["holidays"]) calendar.holidays.push_back(On(day));
  return calendar;
}

people::Terms TermsOf(const nlohmann::json& row) {
  people::Terms terms;
  terms.acknowledge_days = row["acknowledge_days"].get<std::uint16_t>();
  terms.feedback_months = row["feedback_months"].get<std::uint16_t>();
  terms.personal_message_working_days = row["personal_message_working_days"].get<std::uint16_t>();
  terms.triage_working_days = row["triage_working_days"].get<std::uint16_t>();
  terms.claim_hours = row["claim_hours"].get<std::uint16_t>();
  return terms;
}

// The published table: deadlines.py computes it a second time, the client a third.
TEST(Clocks, AgreeWithEveryInternalRowOfThePublishedTable) {
  const nlohmann::json table = PublishedTable();
  ASSERT_TRUE(table.is_object());
  ASSERT_GE(table["internal"].size() + table["external"].size(), 120u);
  std::size_t held = 0;
  for (const nlohmann::json& row : table["internal"]) {
    SCOPED_TRACE(row["name"].get<std::string>());
    Marks marks;
    marks.filed = On(row["filed"].get<std::string>());
    marks.assigned = row.contains("assigned") ? On(row["assigned"].get<std::string>()) : marks.filed;
    if (row.contains("acknowledged")) marks.acknowledged = On(row["acknowledged"].get<std::string>());
    const auto due = InternalDeadlines(marks, TermsOf(table["terms"][row["terms"].get<std::string>()]),
                                       CalendarOf(table["calendars"][row["calendar"].get<std::string>()]));
    ASSERT_EQ(row["due"].size(), due.size());
    for (const auto& [kind, day] : row["due"].items()) EXPECT_EQ(Due(due, kind).Text(), day.get<std::string>()) << kind;
    ++held;
  }
  EXPECT_EQ(held, table["internal"].size());
  std::cout << held << " internal rows hold on the server\n";
}

// The table is about what is shipped: its calendars and terms are those of deploy/policy.
TEST(Clocks, TheTableHasTheShippedTermsAndCalendars) {
  const nlohmann::json table = PublishedTable();
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/deploy/policy/profiles.json");
  const std::string shipped{std::istreambuf_iterator<char>(in), {}};
  const auto profiles = people::Profiles::Parse(shipped);
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  const std::map<std::string, std::string> calendars = {{"eu-2019-1937", "eu-2019-1937"}, {"us-eeoc", "us-eeoc"},
                                                        {"us-ny", "us-eeoc"}, {"iso-37002", "weekdays"},
                                                        {"default", "weekdays"}};
  ASSERT_EQ(profiles->all().size(), calendars.size());
  for (const people::Profile& profile : profiles->all()) {
    SCOPED_TRACE(profile.id);
    EXPECT_EQ(profile.calendar, CalendarOf(table["calendars"][calendars.at(profile.id)]));
    EXPECT_EQ(profile.terms, TermsOf(table["terms"]["default"]));
  }
}

TEST(Clocks, AreMetByWhatHappened) {
  Marks marks;
  marks.filed = marks.assigned = On("2026-11-20");
  for (const Deadline& deadline : InternalDeadlines(marks, {}, {})) EXPECT_FALSE(deadline.met) << deadline.kind;
  marks.acknowledged = marks.first_message = marks.triaged = marks.claimed = marks.feedback = marks.filed;
  for (const Deadline& deadline : InternalDeadlines(marks, {}, {})) EXPECT_TRUE(deadline.met) << deadline.kind;
}

}  // namespace
}  // namespace alcove::clocks
