#include "crypto/format/quarter.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

Quarter Of(int year, int month, int day) { return Quarter::Of(*Day::FromCivil(year, month, day)); }

TEST(Quarters, BeginAndEndWithTheirMonths) {
  EXPECT_EQ(Of(2026, 11, 29).number(), 2026u * 4 + 3);
  const struct { int month, day; uint32_t quarter; } edges[] = {{1, 1, 0}, {3, 31, 0}, {4, 1, 1}, {6, 30, 1},
                                                                {7, 1, 2}, {9, 30, 2}, {10, 1, 3}, {12, 31, 3}};
  for (int year : {1970, 1999, 2000, 2024, 2026, 9999}) {
    for (const auto& edge : edges) {
      EXPECT_EQ(Of(year, edge.month, edge.day).number(), static_cast<uint32_t>(year) * 4 + edge.quarter) << year << "-" << edge.month;
    }
  }
  EXPECT_EQ(Of(2026, 12, 31).Next(), Of(2027, 1, 1));
  EXPECT_EQ(Quarter(), Quarter::Of(Day()));
  EXPECT_EQ(Quarter::Of(Day(Day::kMax)).number(), Quarter::kMax);
}

TEST(Quarters, EveryDayOfTwoYearsLiesInTheQuarterThatBeganLast) {
  for (Day day = *Day::FromCivil(2027, 1, 1); day.year() < 2029; day = day.PlusDays(1)) {
    const Quarter quarter = Quarter::Of(day);
    EXPECT_LE(quarter.FirstDay(), day) << day.Text();
    EXPECT_LT(day, quarter.Next().FirstDay()) << day.Text();
  }
}

TEST(Quarters, HaveOneText) {
  EXPECT_EQ(Of(2026, 11, 29).Text(), "2026-Q4");
  for (const char* text : {"1970-Q1", "2026-Q4", "2027-Q1", "9999-Q4"}) {
    auto quarter = Quarter::FromText(text);
    ASSERT_TRUE(quarter.ok()) << text;
    EXPECT_EQ(quarter->Text(), text);
  }
  for (const char* bad : {"", "2026", "2026-Q0", "2026-Q5", "2026Q4", "2026-4", "2026-q4", "1969-Q4", "0000-Q1", " 2026-Q", "2026-Q4 ",
                          "+026-Q4", "02026-Q4", "10000-Q1", "2026-Q\xb2"}) {
    EXPECT_REFUSED(Quarter::FromText(bad), kMalformed) << bad;
  }
}

TEST(Quarters, OutsideTheCalendarAreNotValid) {
  EXPECT_TRUE(Quarter(Quarter::kMin).valid());
  EXPECT_TRUE(Quarter(Quarter::kMax).valid());
  EXPECT_FALSE(Quarter(Quarter::kMin - 1).valid());
  EXPECT_FALSE(Quarter(Quarter::kMax).Next().valid());
  EXPECT_FALSE(Quarter(0).valid());
  EXPECT_FALSE(Quarter(0xffffffff).valid());
}

}  // namespace
}  // namespace alcove::format
