#include "crypto/puzzle.h"

#include "gtest/gtest.h"

namespace alcove::crypto {
namespace {

TEST(Puzzle, SolutionsSolveTheirChallengeOnly) {
  const auto solution = Solve("challenge", 10);
  ASSERT_TRUE(solution.ok());
  EXPECT_TRUE(Solves("challenge", *solution, 10));
  EXPECT_TRUE(Solves("challenge", *solution, 9)) << "more work than asked for";
  int others = 0;
  for (int i = 0; i < 200; ++i) others += Solves("challenge" + std::to_string(i), *solution, 10) ? 1 : 0;
  EXPECT_LE(others, 3);
}

TEST(Puzzle, OneBitMoreDoublesTheWork) {
  const auto count = [](int bits) {
    int solved = 0;
    for (int i = 0; i < 20000; ++i) {
      Bytes solution(8, '\0');
      solution[6] = static_cast<char>(i >> 8);
      solution[7] = static_cast<char>(i);
      solved += Solves("c", solution, bits) ? 1 : 0;
    }
    return solved;
  };
  EXPECT_EQ(count(0), 20000);
  EXPECT_NEAR(count(1), 10000, 400);
  EXPECT_NEAR(count(5), 625, 100);
  EXPECT_NEAR(count(9), 39, 25);
}

TEST(Puzzle, RefusesWrongSizesAndPrices) {
  EXPECT_FALSE(Solves("c", "", 0));
  EXPECT_FALSE(Solves("c", Bytes(7, 'x'), 0));
  EXPECT_FALSE(Solves("c", Bytes(9, 'x'), 0));
  EXPECT_FALSE(Solves("c", Bytes(8, 'x'), -1));
  EXPECT_FALSE(Solves("c", Bytes(8, 'x'), kPuzzleMostBits + 1));
  EXPECT_TRUE(Solves("c", Bytes(8, 'x'), 0));
  EXPECT_FALSE(Solve("c", kPuzzleMostBits + 1).ok());
  EXPECT_FALSE(Solve("c", -1).ok());
}

}  // namespace
}  // namespace alcove::crypto
