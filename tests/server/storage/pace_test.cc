#include "server/storage/pace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace alcove::storage {
namespace {

// Groups as so many clients make them who each wait for their answer: while some are written the others come.
std::size_t AfterGroups(Pace& pace, std::size_t clients, int groups, int* dry = nullptr) {
  for (int i = 0; i < groups; ++i) {
    const bool in_vain = pace.wanted() > clients;
    if (in_vain && dry != nullptr) ++*dry;
    pace.Held(clients);
    pace.Took(std::min(clients, pace.wanted()), in_vain);
  }
  return pace.wanted();
}

TEST(Pace, ACalmServiceWaitsForNobody) {
  for (const std::size_t clients : {1, 2, 3, 6}) {
    Pace pace(4, 48);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(AfterGroups(pace, clients, 1), 1U) << clients << " " << i;
  }
}

TEST(Pace, ThreeInFiveOfThoseWhoComeMakeAGroupAndNotMoreThanTheMost) {
  for (const auto& [clients, wanted] : {std::pair<std::size_t, std::size_t>{7, 4}, {16, 9}, {17, 10}, {64, 38}, {96, 48}, {1000, 48}}) {
    Pace pace(4, 48);
    int dry = 0;
    EXPECT_EQ(AfterGroups(pace, clients, 100, &dry), wanted);
    EXPECT_EQ(dry, 0);
  }
}

TEST(Pace, OneMomentOfManyIsForgottenAgain) {
  Pace pace(4, 48);
  EXPECT_EQ(AfterGroups(pace, 16, 100), 9U);
  pace.Held(25);
  EXPECT_EQ(AfterGroups(pace, 16, 16), 15U);
  EXPECT_EQ(AfterGroups(pace, 16, 48), 9U);
}

TEST(Pace, AWaitInVainEndsTheWaiting) {
  Pace pace(4, 48);
  EXPECT_EQ(AfterGroups(pace, 64, 100), 38U);
  int dry = 0;
  EXPECT_EQ(AfterGroups(pace, 1, 1, &dry), 1U);
  EXPECT_EQ(AfterGroups(pace, 1, 100, &dry), 1U);
  EXPECT_EQ(dry, 1);
}

TEST(Pace, FewerThanBeforeAreWaitedForOnceTheOthersAreGone) {
  Pace pace(4, 48);
  EXPECT_EQ(AfterGroups(pace, 64, 100), 38U);
  int dry = 0;
  EXPECT_EQ(AfterGroups(pace, 16, 100, &dry), 9U);
  EXPECT_EQ(dry, 1);
}

TEST(Pace, WhenTheLoadComesBackItIsFollowed) {
  Pace pace(4, 48, 48);
  EXPECT_EQ(AfterGroups(pace, 1, 1), 1U);
  EXPECT_EQ(AfterGroups(pace, 64, 40), 38U);
}

}  // namespace
}  // namespace alcove::storage
