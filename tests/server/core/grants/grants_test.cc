// Release and equality, beside what the tests of filing and mailbox show with real requests.
#include <gtest/gtest.h>

#include "server/core/grants/holder.h"
#include "server/core/grants/readers.h"

namespace alcove::grants {
namespace {

using format::ReleaseCondition;

Holder Line(const char* slug, std::uint8_t key, ReleaseCondition condition) {
  Holder holder;
  holder.staff = *base::StaffSlug::Parse(slug);
  holder.key_id.data()[0] = key;
  holder.condition = condition;
  return holder;
}

TEST(Release, MovesEveryMachineOfThatPersonUnderThatConditionAndNobodyElse) {
  std::vector<Holder> holders = {Line("amira", 1, ReleaseCondition::kAssigned),
                                 Line("amira", 2, ReleaseCondition::kAssigned),
                                 Line("bjorn", 3, ReleaseCondition::kAssigned),
                                 Line("fay", 4, ReleaseCondition::kFallback),
                                 Line("erik", 5, ReleaseCondition::kLapsed)};
  EXPECT_EQ(Release(holders, *base::StaffSlug::Parse("amira"), ReleaseCondition::kAssigned), 2u);
  EXPECT_EQ(Release(holders, *base::StaffSlug::Parse("amira"), ReleaseCondition::kAssigned), 0u) << "once";
  EXPECT_EQ(Release(holders, *base::StaffSlug::Parse("fay"), ReleaseCondition::kAssigned), 0u) << "another condition";
  for (std::size_t i = 0; i < holders.size(); ++i) EXPECT_EQ(holders[i].released, i < 2) << i;
}

TEST(Release, DoesNotBringBackWhatWasLost) {
  std::vector<Holder> holders = {Line("amira", 1, ReleaseCondition::kAssigned)};
  holders.front().lost = true;
  EXPECT_EQ(Release(holders, *base::StaffSlug::Parse("amira"), ReleaseCondition::kAssigned), 0u);
  EXPECT_FALSE(holders.front().released);
}

TEST(InForce, EndsWithALossAndAfterAGuestsLastDay) {
  const base::Day today(20000);
  Holder holder = Line("gus", 1, ReleaseCondition::kGuest);
  EXPECT_TRUE(InForce(holder, today));
  holder.until = today;
  EXPECT_TRUE(InForce(holder, today)) << "the last day counts";
  EXPECT_FALSE(InForce(holder, today.PlusDays(1)));
  holder.until.reset();
  holder.lost = true;
  EXPECT_FALSE(InForce(holder, today));
}

TEST(Required, PutsTheMailboxFirstAndKeepsConditions) {
  const std::vector<Holder> holders = {Line("amira", 1, ReleaseCondition::kAssigned),
                                       Line("fay", 2, ReleaseCondition::kFallback)};
  crypto::KeyId mailbox;
  mailbox.data()[0] = 9;
  const std::vector<Required> required = RequiredWithMailbox(holders, mailbox);
  ASSERT_EQ(required.size(), 3u);
  EXPECT_EQ(required[0], (Required{mailbox, ReleaseCondition::kMailbox}));
  EXPECT_EQ(required[2].condition, ReleaseCondition::kFallback);
  EXPECT_EQ(RequiredOf(holders).size(), 2u);
}

}  // namespace
}  // namespace alcove::grants
