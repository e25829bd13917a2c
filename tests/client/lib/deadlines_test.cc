// The client's deadlines, row by row of the table that server, client and browser are held to alike. deadlines.py computes
// it a second time.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/lib/clocks/external.h"
#include "client/lib/clocks/internal.h"
#include "tests/tree/source_dir.h"

namespace alcove::client::clocks {
namespace {

format::Day On(const std::string& text) { return *format::Day::FromText(text); }

nlohmann::json Table() {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/tests/vectors/deadlines.json");
  return nlohmann::json::parse(file);
}

Calendar CalendarOf(const nlohmann::json& row) {
  const std::vector<std::string> names = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  Calendar calendar;
  for (size_t day = 0; day < names.size(); ++day)
    for (const auto& off : row.at("weekend"))
      if (off == names[day]) calendar.weekend.insert(static_cast<int>(day));
  for (const std::string holiday : row.at("holidays")) calendar.holidays.insert(On(holiday));
  return calendar;
}

TEST(ClientDeadlines, AgreeWithEveryRowOfThePublishedTable) {
  const auto table = Table();
  ASSERT_GE(table.at("internal").size() + table.at("external").size(), 120u);
  for (const auto& row : table.at("internal")) {
    const auto& length = table.at("terms").at(row.at("terms").get<std::string>());
    Terms terms;
    terms.acknowledge_days = length.at("acknowledge_days");
    terms.feedback_months = length.at("feedback_months");
    terms.personal_message_working_days = length.at("personal_message_working_days");
    terms.triage_working_days = length.at("triage_working_days");
    terms.claim_hours = length.at("claim_hours");
    Marks marks{On(row.at("filed")), On(row.value("assigned", row.at("filed"))), std::nullopt};
    if (row.contains("acknowledged")) marks.acknowledged = On(row.at("acknowledged"));
    const Calendar calendar = CalendarOf(table.at("calendars").at(row.at("calendar").get<std::string>()));
    ASSERT_EQ(row.at("due").size(), 5u);
    for (const auto& [kind, day] : row.at("due").items()) {
      const auto due = InternalDueOn(kind, terms, calendar, marks);
      ASSERT_TRUE(due) << kind;
      EXPECT_EQ(due->Text(), day) << row.at("name") << ", " << kind;
    }
  }
  for (const auto& row : table.at("external")) {
    const ExternalClock clock{"clock", row.value("days", 0), row.value("years", 0), row.at("rolls")};
    const Calendar calendar = CalendarOf(table.at("calendars").at(row.at("calendar").get<std::string>()));
    EXPECT_EQ(DueOn(clock, calendar, On(row.at("last_incident"))).Text(), row.at("due")) << row.at("name");
  }
  std::cout << table.at("internal").size() << " internal and " << table.at("external").size()
            << " external rows hold on the client\n";
}

TEST(ClientDeadlines, TheLatestDayOfAProfileIsThatOfACaseNobodyAnswers) {
  Profile profile;
  profile.calendar.weekend = {0, 6};
  EXPECT_EQ(LatestDueOn("feedback", profile, On("2026-11-20"))->Text(), "2027-02-27");
  EXPECT_EQ(LatestDueOn("triage", profile, On("2026-11-20"))->Text(), "2026-11-24");
  EXPECT_FALSE(LatestDueOn("claim", profile, On("2026-11-20"))) << "it starts anew with whoever gets the case";
  EXPECT_FALSE(LatestDueOn("us_eeoc.charge_180", profile, On("2026-11-20")));
}

}  // namespace
}  // namespace alcove::client::clocks
