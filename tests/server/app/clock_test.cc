#include "server/app/clock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace alcove::app {
namespace {

TEST(Clock, RemembersTheDayAndRefusesOneBefore) {
  std::string name = (std::filesystem::temp_directory_path() / "alcove-day-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(name.data());
  const std::filesystem::path file = folder / "day";
  const base::Day day = *base::Day::FromCivil(2026, 11, 21);
  EXPECT_TRUE(RememberDay(file, day).ok());
  EXPECT_TRUE(RememberDay(file, day).ok());
  EXPECT_TRUE(RememberDay(file, day.PlusDays(400)).ok());
  EXPECT_FALSE(RememberDay(file, day.PlusDays(399)).ok());
  EXPECT_TRUE(RememberDay(file, day.PlusDays(400)).ok()) << "a refusal changes nothing";
  std::ofstream(file) << "yesterday\n";
  EXPECT_FALSE(RememberDay(file, day.PlusDays(500)).ok());
  std::filesystem::remove_all(folder);
}

TEST(Clock, FollowsTheMachineAndCountsForward) {
  const SystemClock clock;
  const base::Instant before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  EXPECT_GE(clock.Now(), before);
  EXPECT_EQ(clock.Today(), base::DayOf(clock.Now()));
  EXPECT_LE(clock.Elapsed(), clock.Elapsed());
}

}  // namespace
}  // namespace alcove::app
