// A clock that is frozen, as an administrator reads of it.
#include "client/cli/admin/clock_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alcove::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

void Set(google::type::Date* date, int day) {
  date->set_year(2026);
  date->set_month(12);
  date->set_day(day);
}

format::Day On(int day) { return *format::Day::FromCivil(2026, 12, day); }

v1::GetServiceStatusResponse Frozen(int since, uint32_t hours) {
  v1::GetServiceStatusResponse status;
  Set(status.mutable_clock_freeze()->mutable_from(), 1);
  Set(status.mutable_clock_freeze()->mutable_to(), 9);
  Set(status.mutable_clock_frozen_since(), since);
  status.set_clock_frozen_hours(hours);
  return status;
}

TEST(ClockText, SaysSinceWhenTheClockIsFrozenAndWhatIsLeft) {
  const std::string text = ClockText(Frozen(5, 7), On(5));
  EXPECT_THAT(text, HasSubstr("it leapt from 2026-12-01 to 2026-12-09"));
  EXPECT_THAT(text, HasSubstr("since 2026-12-05; 7 of at most 72 hours"));
  EXPECT_EQ(ClockText(v1::GetServiceStatusResponse(), On(5)), "") << "control: nothing is frozen";
}

TEST(ClockText, WarnsAfterMoreThanTwoDaysOfTheCalendarOrOfRunning) {
  for (const int day : {5, 6, 7}) EXPECT_THAT(ClockText(Frozen(5, 47), On(day)), Not(HasSubstr("CAUTION"))) << day;
  EXPECT_THAT(ClockText(Frozen(5, 1), On(8)), HasSubstr("CAUTION")) << "a machine that is mostly switched off";
  EXPECT_THAT(ClockText(Frozen(5, 48), On(7)), HasSubstr("CAUTION"));
  v1::GetServiceStatusResponse nonsense = Frozen(5, 0);
  nonsense.mutable_clock_frozen_since()->set_month(13);
  EXPECT_THAT(ClockText(nonsense, On(30)), Not(HasSubstr("CAUTION"))) << "a day that is none is no day long ago";
}

}  // namespace
}  // namespace alcove::cli
