#include "client/lib/clocks/external.h"

#include <gtest/gtest.h>

namespace alcove::client::clocks {
namespace {

format::Day On(const char* text) { return *format::Day::FromText(text); }

const Calendar kWeekdays{{0, 6}, {On("2026-12-25"), On("2027-07-05")}};

TEST(ExternalClocks, TheEeocCountsFromTheDayAfterTheLastIncidentAndRollsOverWeekendsAndHolidays) {
  const ExternalClock charge180{"us_eeoc.charge_180", 180, 0, true};
  EXPECT_EQ(DueOn(charge180, kWeekdays, On("2026-01-05")).Text(), "2026-07-06");  // the 4th is a Saturday
  EXPECT_EQ(DueOn(charge180, kWeekdays, On("2026-01-07")).Text(), "2026-07-06");
  EXPECT_EQ(DueOn(charge180, kWeekdays, On("2026-06-28")).Text(), "2026-12-28");  // Christmas, a Friday, then the weekend
  const ExternalClock charge300{"us_eeoc.charge_300", 300, 0, true};
  EXPECT_EQ(DueOn(charge300, kWeekdays, On("2026-09-07")).Text(), "2027-07-06");  // Sunday, then Monday the holiday
}

TEST(ExternalClocks, NewYorkIsThreeYearsToTheDay) {
  const ExternalClock division{"us_ny.division_3_years", 0, 3, false};
  EXPECT_EQ(DueOn(division, kWeekdays, On("2026-10-07")).Text(), "2029-10-07");  // a Sunday: it does not roll
  EXPECT_EQ(DueOn(division, kWeekdays, On("2028-02-29")).Text(), "2031-02-28");
}

TEST(ExternalClocks, ACalendarWithoutAnyWorkingDayEnds) {
  const Calendar never{{0, 1, 2, 3, 4, 5, 6}, {}};
  EXPECT_EQ(Rolled(On("2026-01-01"), never).Text(), "2026-01-01");
}

}  // namespace
}  // namespace alcove::client::clocks
