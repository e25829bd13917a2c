#include "server/storage/pace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace alcove::storage {
namespace {

// Groups as so many clients make them who each wait for their answer: whoever is not in a group comes while it is written.
std::size_t AfterGroups(Pace& pace, std::size_t clients, int groups, int* dry = nullptr) {
  for (int i = 0; i < groups; ++i) {
    const std::size_t wanted = pace.wanted();
    const bool in_vain = wanted > clients;
    if (in_vain && dry != nullptr) ++*dry;
    pace.Took(in_vain ? clients : std::max(wanted, std::min<std::size_t>(clients, 3)), in_vain);
  }
  return pace.wanted();
}

TEST(Pace, ACalmServiceWaitsForNobody) {
  for (const std::size_t size : {1, 2, 3}) {
    Pace pace(4, 48);
    for (int i = 0; i < 1000; ++i) {
      pace.Took(i % 2 == 0 ? size : 1, false);
      ASSERT_EQ(pace.wanted(), 1U) << size << " " << i;
    }
  }
}

TEST(Pace, GrowsWhileSoManyComeAndNotBeyondTheMost) {
  Pace pace(4, 48);
  for (int i = 0; i < 100; ++i) pace.Took(64, false);
  EXPECT_EQ(pace.wanted(), 48U);
  for (int i = 0; i < 100; ++i) pace.Took(64, false);
  EXPECT_EQ(pace.wanted(), 48U);
  pace.Took(30, false);
  EXPECT_EQ(pace.wanted(), 48U) << "the bound of the wait ended it, not want of comers";
}

TEST(Pace, AWaitInVainIsRareAndLeavesHalfOutOfTheNextGroup) {
  Pace pace(4, 48, 4);
  int dry = 0;
  (void)AfterGroups(pace, 16, 1000, &dry);
  EXPECT_GT(dry, 3);
  EXPECT_LT(dry, 10);
  pace.Took(16, true);
  EXPECT_EQ(pace.wanted(), 8U);
  EXPECT_EQ(AfterGroups(pace, 16, 100), 8U) << "for a while";
  pace.Took(41, true);
  EXPECT_EQ(pace.wanted(), 20U);
}

TEST(Pace, WhenTheLoadComesBackItIsFollowedAtOnce) {
  Pace pace(4, 48, 48);
  pace.Took(1, true);
  EXPECT_EQ(pace.wanted(), 1U);
  EXPECT_GT(AfterGroups(pace, 64, 100), 1U);
}

TEST(Pace, FallsBackToWaitingForNobodyWhenTheLoadEnds) {
  Pace pace(4, 48, 48);
  int waits = 0;
  for (int i = 0; i < 100; ++i) {
    const bool waited = pace.wanted() > 1;
    waits += waited ? 1 : 0;
    pace.Took(1, waited);
  }
  EXPECT_EQ(waits, 1);
  EXPECT_EQ(pace.wanted(), 1U);
}

}  // namespace
}  // namespace alcove::storage
