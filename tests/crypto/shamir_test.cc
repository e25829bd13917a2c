#include "crypto/shamir.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

std::vector<ShamirShare> Pick(const std::vector<ShamirShare>& shares, std::initializer_list<size_t> which) {
  std::vector<ShamirShare> picked;
  for (const size_t i : which) picked.push_back({shares[i].index, shares[i].value.Clone()});
  return picked;
}

TEST(Shamir, AnyKSharesGiveTheSecretInAnyOrder) {
  const ShamirSecret secret = DrawShamirSecret(SystemRandom());
  const auto shares = SplitSecret(secret, 2, 3, SystemRandom());
  ASSERT_TRUE(shares.ok());
  for (const auto& which : {std::initializer_list<size_t>{0, 1}, {1, 0}, {0, 2}, {2, 1}, {0, 1, 2}}) {
    EXPECT_EQ(CombineShares(Pick(*shares, which))->expose(), secret.expose());
  }
}

TEST(Shamir, FewerSharesGiveSomethingElse) {
  const ShamirSecret secret = DrawShamirSecret(SystemRandom());
  const auto shares = SplitSecret(secret, 3, 5, SystemRandom());
  EXPECT_NE(CombineShares(Pick(*shares, {0, 1}))->expose(), secret.expose());
  EXPECT_NE(CombineShares(Pick(*shares, {4}))->expose(), secret.expose());
  EXPECT_EQ(CombineShares(Pick(*shares, {4, 0, 2}))->expose(), secret.expose());
}

TEST(Shamir, HoldsAtTheEdges) {
  const ShamirSecret secret = DrawShamirSecret(SystemRandom());
  const auto one = SplitSecret(secret, 1, 1, SystemRandom());
  EXPECT_EQ(CombineShares(*one)->expose(), secret.expose());
  const auto all = SplitSecret(secret, 255, 255, SystemRandom());
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(CombineShares(*all)->expose(), secret.expose());
  EXPECT_FALSE(SplitSecret(secret, 0, 3, SystemRandom()).ok());
  EXPECT_FALSE(SplitSecret(secret, 4, 3, SystemRandom()).ok());
  EXPECT_FALSE(SplitSecret(secret, 2, 256, SystemRandom()).ok());
}

TEST(Shamir, RefusesScalarsThatAreNotCanonical) {
  const auto order =
      ShamirSecret::FromBytes(*HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
  EXPECT_FALSE(SplitSecret(*order, 2, 3, SystemRandom()).ok());
  const auto shares = SplitSecret(DrawShamirSecret(SystemRandom()), 2, 3, SystemRandom());
  auto wrong = Pick(*shares, {0, 1});
  wrong[0].value = *Secret<32, ShamirShareTag>::FromBytes(Bytes(32, '\xff'));
  EXPECT_FALSE(CombineShares(wrong).ok());
}

TEST(Shamir, RefusesSharesThatCannotBelongTogether) {
  const auto shares = SplitSecret(DrawShamirSecret(SystemRandom()), 2, 3, SystemRandom());
  EXPECT_FALSE(CombineShares({}).ok());
  EXPECT_FALSE(CombineShares(Pick(*shares, {0, 0})).ok());
  auto zero = Pick(*shares, {0, 1});
  zero[0].index = 0;
  EXPECT_FALSE(CombineShares(zero).ok());
}

TEST(Shamir, AChangedShareGivesAnotherSecret) {
  const ShamirSecret secret = DrawShamirSecret(SystemRandom());
  const auto shares = SplitSecret(secret, 2, 2, SystemRandom());
  test::ForEachFlippedBit((*shares)[0].value.expose(), [&](const Bytes& changed) {
    auto wrong = Pick(*shares, {0, 1});
    wrong[0].value = *Secret<32, ShamirShareTag>::FromBytes(changed);
    const auto combined = CombineShares(wrong);
    EXPECT_TRUE(!combined.ok() || combined->expose() != secret.expose());
  });
}

}  // namespace
}  // namespace alcove::crypto
