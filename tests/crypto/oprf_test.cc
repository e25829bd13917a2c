#include "crypto/oprf.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

// The order of the group, little-endian.
const char* const kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

TEST(Oprf, AgreesWithRfc9497) {
  // Appendix A.1.1, test vector 1.
  const auto key = OprfKey::Derive(Bytes(32, '\xa3'), "test key");
  EXPECT_EQ(HexEncode(key->expose()), "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e");
  const auto tag = Evaluate(*key, BytesView("\0", 1));
  EXPECT_EQ(HexEncode(tag->view()).substr(0, 64), "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3");
}

TEST(Oprf, TagsDoNotDependOnTheBlind) {
  const OprfKey key = OprfKey::Draw(SystemRandom());
  const auto direct = Evaluate(key, "emp:4711");
  for (int i = 0; i < 8; ++i) {
    const auto blinded = Blind("emp:4711", SystemRandom());
    const auto evaluated = BlindEvaluate(key, blinded->blinded);
    EXPECT_EQ(*Finalize("emp:4711", blinded->blind, *evaluated), *direct);
  }
  EXPECT_NE(*Evaluate(key, "emp:4712"), *direct);
  EXPECT_NE(*Evaluate(OprfKey::Draw(SystemRandom()), "emp:4711"), *direct);
}

TEST(Oprf, ABlindedElementSaysNothingTwice) {
  EXPECT_NE(Blind("emp:4711", SystemRandom())->blinded, Blind("emp:4711", SystemRandom())->blinded);
}

TEST(Oprf, RefusesTheIdentityWhichLibsodiumAccepts) {
  const RistrettoPoint identity;
  EXPECT_FALSE(UsableElement(identity).ok());
  const OprfKey key = OprfKey::Draw(SystemRandom());
  EXPECT_EQ(BlindEvaluate(key, identity).status().code(), absl::StatusCode::kInvalidArgument);
  const auto blinded = Blind("x", SystemRandom());
  EXPECT_EQ(Finalize("x", blinded->blind, identity).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Oprf, RefusesEncodingsThatAreNotCanonical) {
  const OprfKey key = OprfKey::Draw(SystemRandom());
  const auto blinded = Blind("x", SystemRandom());
  // A changed element either is refused or is another element with another answer.
  const auto evaluated = BlindEvaluate(key, blinded->blinded);
  const auto tag = Finalize("x", blinded->blind, *evaluated);
  size_t refused = 0;
  test::ForEachFlippedBit(evaluated->view(), [&](const Bytes& changed) {
    const auto other = Finalize("x", blinded->blind, *RistrettoPoint::FromBytes(changed));
    if (!other.ok()) {
      ++refused;
    } else {
      EXPECT_NE(*other, *tag);
    }
  });
  EXPECT_GT(refused, 100u);
  // p, p + 1 (which reduces to the canonical 1) and a negative element.
  for (const char* text : {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "0100000000000000000000000000000000000000000000000000000000000000"}) {
    EXPECT_FALSE(BlindEvaluate(key, *RistrettoPoint::FromBytes(*HexDecode(text))).ok()) << text;
  }
}

// libsodium 1.0.18 masks this bit away.
TEST(Oprf, RefusesTheHighestBitWhichLibsodiumIgnores) {
  const OprfKey key = OprfKey::Draw(SystemRandom());
  for (int i = 0; i < 16; ++i) {
    RistrettoPoint element = Blind("x" + std::to_string(i), SystemRandom())->blinded;
    ASSERT_TRUE(BlindEvaluate(key, element).ok());
    element.data()[31] |= 0x80;
    EXPECT_EQ(BlindEvaluate(key, element).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(Oprf, RefusesScalarsThatLibsodiumWouldMultiplyBy) {
  const Bytes order = *HexDecode(kOrder);
  EXPECT_FALSE(OprfKey::FromBytes(order).ok());
  Bytes above = order;
  above[0] = static_cast<char>(above[0] + 1);
  EXPECT_FALSE(OprfKey::FromBytes(above).ok());
  EXPECT_FALSE(OprfKey::FromBytes(Bytes(32, '\xff')).ok());
  EXPECT_FALSE(OprfKey::FromBytes(Bytes(32, '\0')).ok());
  EXPECT_FALSE(OprfKey::FromBytes(Bytes(31, '\1')).ok());
  Bytes below = order;
  below[0] = static_cast<char>(below[0] - 1);
  EXPECT_TRUE(OprfKey::FromBytes(below).ok());
  // A blind as well, which only a wrong client could make.
  const auto evaluated = Blind("x", SystemRandom())->blinded;
  EXPECT_FALSE(Finalize("x", *OprfBlindScalar::FromBytes(above), evaluated).ok());
  EXPECT_FALSE(Finalize("x", *OprfBlindScalar::FromBytes(Bytes(32, '\0')), evaluated).ok());
}

TEST(Oprf, KeysComeBackFromTheirBytes) {
  const OprfKey key = OprfKey::Draw(SystemRandom());
  const auto again = OprfKey::FromBytes(key.expose());
  EXPECT_EQ(*Evaluate(key, "x"), *Evaluate(*again, "x"));
}

TEST(Oprf, RefusesInputsThatTheLengthFieldCannotHold) {
  const OprfKey key = OprfKey::Draw(SystemRandom());
  EXPECT_TRUE(Evaluate(key, Bytes(65535, 'x')).ok());
  EXPECT_FALSE(Evaluate(key, Bytes(65536, 'x')).ok());
  EXPECT_FALSE(Blind(Bytes(65536, 'x'), SystemRandom()).ok());
  EXPECT_FALSE(OprfKey::Derive(Bytes(31, 's'), "info").ok());
}

TEST(OprfDeathTest, ABrokenGeneratorEndsTheProcess) {
  class Zeros final : public Random {
    void Fill(uint8_t* out, size_t size) override { std::memset(out, 0, size); }
  } zeros;
  EXPECT_DEATH(OprfKey::Draw(zeros), "zeros");
}

}  // namespace
}  // namespace alcove::crypto
