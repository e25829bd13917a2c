// The price of anonymous calls, and their budgets.
#include <gtest/gtest.h>

#include "crypto/puzzle.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/work.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using intake::WorkGate;

class Work : public testing::Test {
 protected:
  static intake::WorkTerms Cheap() { return {.base_price = 4, .most_bits = 7, .calm_calls = 3, .most_spent = 40}; }
  absl::Status PayFor(const WorkGate::Challenge& challenge) {
    return gate.Pay(challenge.challenge, *crypto::Solve(challenge.challenge, static_cast<int>(challenge.price)));
  }
  SeededRandom random{3};
  FakeClock clock;
  WorkGate gate{crypto::SymmetricKey::Draw(random), Cheap(), clock, random};
};

TEST_F(Work, ASolvedChallengePaysOnce) {
  const auto challenge = gate.Issue();
  EXPECT_LE(challenge.challenge.size(), 64u);
  EXPECT_TRUE(PayFor(challenge).ok());
  EXPECT_EQ(Why(PayFor(challenge)), Reason::kWorkRequired);
  clock.Advance(std::chrono::seconds(59));
  EXPECT_EQ(Why(PayFor(challenge)), Reason::kWorkRequired) << "also in the next minute";
}

TEST_F(Work, AChallengeLivesForOneMinute) {
  const auto challenge = gate.Issue();
  clock.Advance(std::chrono::seconds(61));
  EXPECT_EQ(Why(PayFor(challenge)), Reason::kWorkRequired);
}

TEST_F(Work, AChallengeWithAnyBitFlippedIsNoneOfOurs) {
  const auto challenge = gate.Issue();
  for (std::size_t bit = 0; bit < challenge.challenge.size() * 8; ++bit) {
    WorkGate::Challenge changed = challenge;
    changed.challenge[bit / 8] = static_cast<char>(changed.challenge[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(Why(PayFor(changed)), Reason::kWorkRequired) << bit;
  }
  EXPECT_TRUE(PayFor(challenge).ok()) << "control";
}

TEST_F(Work, AWrongOrMissingSolutionPaysNothing) {
  const auto challenge = gate.Issue();
  EXPECT_EQ(Why(gate.Pay(challenge.challenge, "")), Reason::kWorkRequired);
  EXPECT_EQ(Why(gate.Pay("", "")), Reason::kWorkRequired);
  crypto::Bytes wrong(8, '\0');
  while (crypto::Solves(challenge.challenge, wrong, static_cast<int>(challenge.price))) ++wrong[7];
  EXPECT_EQ(Why(gate.Pay(challenge.challenge, wrong)), Reason::kWorkRequired);
}

TEST_F(Work, ThePriceRisesWithLoadAndFallsBack) {
  EXPECT_EQ(gate.price(), 4u);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(PayFor(gate.Issue()).ok());
  EXPECT_EQ(gate.price(), 7u) << "four, doubled thrice over three calls, and never above the most";
  clock.Advance(std::chrono::minutes(2));
  EXPECT_EQ(gate.price(), 4u);
}

TEST_F(Work, WhatWasSpentIsBounded) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(PayFor(gate.Issue()).ok()) << i;
  EXPECT_EQ(Why(PayFor(gate.Issue())), Reason::kBudgetExhausted);
  clock.Advance(std::chrono::minutes(2));
  EXPECT_TRUE(PayFor(gate.Issue()).ok()) << "and forgotten";
}

TEST_F(Work, AtPriceZeroNothingIsAsked) {
  WorkGate open(crypto::SymmetricKey::Draw(random), {.base_price = 0}, clock, random);
  EXPECT_EQ(open.price(), 0u);
  EXPECT_TRUE(open.Pay("", "").ok());
}

TEST_F(Work, FreeCallsAreFreeUntilTheyAreUsedUpAndNobodyKeepsACalmChallengeForLater) {
  WorkGate open(crypto::SymmetricKey::Draw(random), {.base_price = 4, .most_bits = 8, .free_calls = 3, .calm_calls = 3}, clock, random);
  const auto pay = [&](const WorkGate::Challenge& challenge) {
    return open.Pay(challenge.challenge, *crypto::Solve(challenge.challenge, static_cast<int>(challenge.price)));
  };
  const auto calm = open.Issue();
  EXPECT_EQ(calm.price, 0u);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(open.Pay("", "").ok()) << i;
  EXPECT_EQ(open.price(), 4u);
  EXPECT_EQ(Why(open.Pay("", "")), Reason::kWorkRequired);
  EXPECT_EQ(Why(pay(calm)), Reason::kWorkRequired);
  const auto first = open.Issue();
  const auto second = open.Issue();
  EXPECT_TRUE(pay(first).ok());
  EXPECT_EQ(Why(pay(first)), Reason::kWorkRequired) << "once";
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(pay(open.Issue()).ok());
  EXPECT_EQ(open.price(), 7u);
  EXPECT_EQ(Why(pay(second)), Reason::kWorkRequired) << "three bits below";
  clock.Advance(std::chrono::minutes(2));
  EXPECT_EQ(open.price(), 0u) << "and free again";
  EXPECT_TRUE(open.Pay("", "").ok());
}

TEST(Budget, ABucketEmptiesAndFillsAndIsItsOwn) {
  FakeClock clock;
  std::array<intake::Rate, intake::kCallCount> rates{};
  rates[static_cast<int>(intake::Call::kPlan)] = {2, 3};
  intake::Budgets budgets(rates, clock);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budgets.Spend(intake::Call::kPlan).ok());
  EXPECT_EQ(Why(budgets.Spend(intake::Call::kPlan)), Reason::kBudgetExhausted);
  EXPECT_TRUE(budgets.Spend(intake::Call::kSubmit).ok()) << "a flood of plans leaves filings their place";
  clock.elapsed += std::chrono::milliseconds(500);
  EXPECT_TRUE(budgets.Spend(intake::Call::kPlan).ok());
  EXPECT_EQ(Why(budgets.Spend(intake::Call::kPlan)), Reason::kBudgetExhausted);
  clock.elapsed += std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budgets.Spend(intake::Call::kPlan).ok());
  EXPECT_EQ(Why(budgets.Spend(intake::Call::kPlan)), Reason::kBudgetExhausted) << "never above the burst";
}

}  // namespace
}  // namespace alcove::world
