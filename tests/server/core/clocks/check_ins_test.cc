// Check-ins, day by day.
#include "server/core/clocks/check_ins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "server/core/base/errors.h"
#include "server/core/people/profiles.h"

namespace alcove::clocks {
namespace {

base::Day On(std::string_view text) { return *base::Day::FromText(text); }

Marks Filed(std::string_view day) {
  Marks marks;
  marks.filed = On(day);
  return marks;
}

// What is open on a day, as days of the filing's series and, with a minus, of the closing's.
std::vector<int> OpenOn(const Marks& marks, std::string_view day, const std::vector<CheckIn>& answered = {}) {
  std::vector<int> open;
  for (const CheckInTime& time : CheckInsOf(marks, people::kCheckInDays, answered, On(day)))
    if (time.open) open.push_back(time.which.since == Since::kFiling ? time.which.days : -time.which.days);
  return open;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CheckIns, AreDueOnTheirDayCountedFromTheFiling) {
  const Marks marks = Filed("2026-11-23");
  const auto times = CheckInsOf(marks, people::kCheckInDays, {}, On("2026-11-23"));
  ASSERT_EQ(times.size(), 4u);
  EXPECT_EQ(times[0].due, On("2026-12-23"));
  EXPECT_EQ(times[1].due, On("2027-02-21"));
  EXPECT_EQ(times[2].due, On("2027-05-22"));
  EXPECT_EQ(times[3].due, On("2027-11-23"));
  EXPECT_THAT(OpenOn(marks, "2026-12-22"), IsEmpty()) << "the day before";
  EXPECT_THAT(OpenOn(marks, "2026-12-23"), ElementsAre(30));
}

TEST(CheckIns, CanBeAnsweredLateUntilTheNextIsDueOrNinetyDaysLaterWhicheverComesLater) {
  const Marks marks = Filed("2026-01-01");
  EXPECT_THAT(OpenOn(marks, "2026-04-01"), ElementsAre(30, 90)) << "day 90: the first has been due for 60 days";
  EXPECT_THAT(OpenOn(marks, "2026-04-30"), ElementsAre(30, 90)) << "day 119";
  EXPECT_THAT(OpenOn(marks, "2026-05-01"), ElementsAre(90)) << "day 120: 90 days late";
  EXPECT_THAT(OpenOn(marks, "2026-12-31"), ElementsAre(180)) << "day 364: the next is further than 90 days away";
  EXPECT_THAT(OpenOn(marks, "2027-01-01"), ElementsAre(365)) << "day 365";
}

TEST(CheckIns, AreAnsweredOnce) {
  const Marks marks = Filed("2026-01-01");
  EXPECT_THAT(OpenOn(marks, "2026-02-01", {{Since::kFiling, 30}}), IsEmpty());
  EXPECT_THAT(OpenOn(marks, "2026-02-01", {{Since::kClosing, 30}}), ElementsAre(30)) << "that was the other series";
}

TEST(CheckIns, BeginAnewWithTheClosingAndTheFirstSeriesGoesOn) {
  Marks marks = Filed("2026-01-01");
  marks.closed = On("2026-03-01");
  EXPECT_THAT(OpenOn(marks, "2026-03-31"), ElementsAre(30, -30));
  marks.closed.reset();
  EXPECT_THAT(OpenOn(marks, "2026-03-31"), ElementsAre(30)) << "taken up again";
}

TEST(CheckIns, ALeapOfTheClockLeavesTheLastOneToAnswerAndALeapBackOpensNothing) {
  const Marks marks = Filed("2026-11-23");
  EXPECT_THAT(OpenOn(marks, "2027-12-28"), ElementsAre(365)) << "400 days ahead";
  EXPECT_THAT(OpenOn(marks, "2046-12-28"), ElementsAre(365)) << "twenty years ahead";
  EXPECT_THAT(OpenOn(marks, "2026-10-24"), IsEmpty()) << "30 days back";
  // Forward, answered, and back again: it stays answered, and is not asked twice.
  EXPECT_THAT(OpenOn(marks, "2026-12-24", {{Since::kFiling, 30}, {Since::kFiling, 365}}), IsEmpty());
}

TEST(CheckIns, OtherDaysThanTheProfilesAreNone) {
  const auto times = CheckInsOf(Filed("2026-01-01"), people::kCheckInDays, {}, On("2026-02-20"));
  EXPECT_TRUE(IsOpen(times, {Since::kFiling, 30})) << "control";
  EXPECT_FALSE(IsOpen(times, {Since::kFiling, 45}));
  EXPECT_FALSE(IsOpen(times, {Since::kFiling, 0}));
  EXPECT_FALSE(IsOpen(times, {Since::kClosing, 30}));
  const std::array<std::uint16_t, 5> more = {30, 45, 90, 180, 365};
  EXPECT_TRUE(IsOpen(CheckInsOf(Filed("2026-01-01"), more, {}, On("2026-02-20")), {Since::kFiling, 45}));
}

TEST(CheckIns, AProfileAddsToTheirDaysAndTakesNoneAway) {
  const auto days = [](const std::string& list) {
    return people::Profiles::Parse(R"({"profiles": [{"id": "p", "check_in_days": )" + list + "}]}");
  };
  EXPECT_EQ(people::Profiles::Parse(R"({"profiles": [{"id": "p"}]})")->first().check_in_days,
            (std::vector<std::uint16_t>{30, 90, 180, 365}));
  EXPECT_EQ(days("[14, 30, 90, 180, 365]")->first().check_in_days, (std::vector<std::uint16_t>{14, 30, 90, 180, 365}));
  for (const char* bad : {"[]", "[90, 180, 365]", "[30, 90, 180]", "[30, 30, 90, 180, 365]", "[365, 180, 90, 30]",
                          "[0, 30, 90, 180, 365]", "[30, 90, 180, 365, 4000]", "[30, \"90\", 180, 365]", "30", "[-1]"})
    EXPECT_EQ(base::ReasonOf(days(bad).status()), base::Reason::kPolicyIncomplete) << bad;
}

}  // namespace
}  // namespace alcove::clocks
