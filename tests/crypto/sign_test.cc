#include "crypto/sign.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

constexpr BytesView kLabel = "alcove test v1";

TEST(Sign, AgreesWithRfc8032) {
  // Section 7.1, test 2.
  const auto key = SigningKey::FromSeed(*HexDecode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(HexEncode(SignRaw(*key, "\x72").view()),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4"
            "302aeeb00d291612bb0c00");
}

TEST(Sign, BindsLabelAndMessageWithTheirBoundary) {
  const SigningKey key = SigningKey::Draw(SystemRandom());
  const Signature signature = Sign(key, "ab", "cd");
  EXPECT_TRUE(Verify(key.verify_key(), "ab", "cd", signature).ok());
  EXPECT_TRUE(errors::IsUnverified(Verify(key.verify_key(), "abc", "d", signature)));
  EXPECT_TRUE(errors::IsUnverified(Verify(key.verify_key(), "a", "bcd", signature)));
  EXPECT_TRUE(errors::IsUnverified(VerifyRaw(key.verify_key(), "abcd", signature)));
  EXPECT_TRUE(VerifyRaw(key.verify_key(), BytesView("ab\0cd", 5), signature).ok());
}

TEST(Sign, RefusesEveryChangedBit) {
  const SigningKey key = SigningKey::Draw(SystemRandom());
  const Bytes message = "I was there.";
  const Signature signature = Sign(key, kLabel, message);
  ASSERT_TRUE(Verify(key.verify_key(), kLabel, message, signature).ok());
  test::ForEachFlippedBit(
      message, [&](const Bytes& changed) { EXPECT_FALSE(Verify(key.verify_key(), kLabel, changed, signature).ok()); });
  test::ForEachFlippedBit(signature.view(), [&](const Bytes& changed) {
    EXPECT_FALSE(Verify(key.verify_key(), kLabel, message, *Signature::FromBytes(changed)).ok());
  });
  test::ForEachFlippedBit(key.verify_key().view(), [&](const Bytes& changed) {
    EXPECT_FALSE(Verify(*VerifyKey::FromBytes(changed), kLabel, message, signature).ok());
  });
  test::ForEachWrongLength(
      message, [&](const Bytes& changed) { EXPECT_FALSE(Verify(key.verify_key(), kLabel, changed, signature).ok()); });
}

// The eight points of small order, their non-canonical spellings among them: under each, some signature would hold for
// every message if the check were missing.
const char* const kLowOrder[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

TEST(Sign, RefusesKeysOfLowOrder) {
  for (const char* text : kLowOrder) {
    const auto key = VerifyKey::FromBytes(*HexDecode(text));
    EXPECT_EQ(UsableKey(*key).code(), absl::StatusCode::kInvalidArgument) << text;
    // R = identity, S = 0 satisfies the equation for every multiple of the order.
    Signature forged;
    forged.data()[0] = 1;
    EXPECT_FALSE(VerifyRaw(*key, "message", forged).ok()) << text;
    // R = the key itself.
    std::memcpy(forged.data(), key->data(), 32);
    EXPECT_FALSE(VerifyRaw(*key, "message", forged).ok()) << text;
  }
  EXPECT_TRUE(UsableKey(SigningKey::Draw(SystemRandom()).verify_key()).ok());
}

TEST(Sign, RefusesASecondSpellingOfASignature) {
  const SigningKey key = SigningKey::Draw(SystemRandom());
  Signature signature = SignRaw(key, "message");
  // S + L.
  const Bytes order = *HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += signature.data()[32 + i] + static_cast<uint8_t>(order[i]);
    signature.data()[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(VerifyRaw(key.verify_key(), "message", signature).ok());
}

TEST(SignDeathTest, LabelsAreConstantsOfTheProgram) {
  const SigningKey key = SigningKey::Draw(SystemRandom());
  EXPECT_DEATH(Sign(key, BytesView("a\0b", 3), "x"), "label");
  EXPECT_DEATH(Sign(key, "", "x"), "label");
}

}  // namespace
}  // namespace alcove::crypto
