#include "crypto/format/day.h"

#include "gtest/gtest.h"

namespace alcove::format {
namespace {

Day Civil(int year, int month, int day) { return *Day::FromCivil(year, month, day); }

TEST(Days, CountFromTheEpoch) {
  EXPECT_EQ(Civil(1970, 1, 1).number(), 0u);
  EXPECT_EQ(Civil(2026, 11, 21).number(), 20778u);
  EXPECT_EQ(Civil(9999, 12, 31).number(), Day::kMax);
  EXPECT_EQ(Day::OfUnixSeconds(86399).number(), 0u);
  EXPECT_EQ(Day::OfUnixSeconds(86400).number(), 1u);
  EXPECT_EQ(Day::OfUnixSeconds(-1).number(), 0u);
}

TEST(Days, TextHasOneForm) {
  EXPECT_EQ(Civil(2026, 3, 7).Text(), "2026-03-07");
  EXPECT_EQ(*Day::FromText("2026-03-07"), Civil(2026, 3, 7));
  for (const char* bad : {"", "2026-3-7", "2026-02-30", "2025-02-29", "1969-12-31", "2026-13-01", "2026-00-01", "2026-01-00",
                          "2026/01/01", "2026-01-01 ", "+026-01-01"}) {
    EXPECT_FALSE(Day::FromText(bad).ok()) << bad;
  }
  EXPECT_TRUE(Day::FromText("2024-02-29").ok());
}

TEST(Days, MonthsEndWhereTheMonthEnds) {
  EXPECT_EQ(Civil(2026, 1, 31).PlusMonths(1), Civil(2026, 2, 28));
  EXPECT_EQ(Civil(2024, 1, 31).PlusMonths(1), Civil(2024, 2, 29));
  EXPECT_EQ(Civil(2026, 11, 30).PlusMonths(3), Civil(2027, 2, 28));
  EXPECT_EQ(Civil(2026, 11, 15).PlusMonths(3), Civil(2027, 2, 15));
}

TEST(Days, KnowTheWeek) {
  EXPECT_EQ(Civil(1970, 1, 1).weekday(), 4);
  EXPECT_EQ(Civil(2026, 11, 21).weekday(), 6);
  EXPECT_EQ(Civil(2026, 11, 22).weekday(), 0);
}

TEST(Days, ArithmeticStaysAboveTheEpoch) {
  EXPECT_EQ(Day(3).PlusDays(-5), Day(0));
  EXPECT_EQ(Day(3).DaysSince(Day(5)), -2);
}

}  // namespace
}  // namespace alcove::format
