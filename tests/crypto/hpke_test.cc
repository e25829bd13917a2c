#include "crypto/hpke.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

constexpr BytesView kInfo = "alcove grant v1, a place";
const AssociatedData kBound{"bound"};

TEST(Hpke, AgreesWithRfc9180) {
  // Appendix A.2.1, sequence number 0.
  test::ScriptedRandom random(*HexDecode("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b"));
  const auto to =
      EncryptionKey::FromBytes(*HexDecode("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"));
  const auto sealed =
      HpkeSeal(*to, "Ode on a Grecian Urn", AssociatedData("Count-0"), "Beauty is truth, truth beauty", random);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(HexEncode(sealed->enc.view()), "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
  EXPECT_EQ(HexEncode(sealed->ciphertext),
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
}

TEST(Hpke, RefusesEveryChangedBit) {
  const DecryptionKey key = DecryptionKey::Draw(SystemRandom());
  const Bytes epoch_key = SystemRandom().Draw(32);
  const auto sealed = HpkeSeal(key.encryption_key(), kInfo, kBound, epoch_key, SystemRandom());
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->ciphertext.size(), 32 + kHpkeTagSize);
  ASSERT_EQ(HpkeOpen(key, *sealed, kInfo, kBound)->bytes, epoch_key);

  test::ForEachFlippedBit(sealed->enc.view(), [&](const Bytes& changed) {
    EXPECT_FALSE(HpkeOpen(key, {*EncryptionKey::FromBytes(changed), sealed->ciphertext}, kInfo, kBound).ok());
  });
  test::ForEachFlippedBit(sealed->ciphertext, [&](const Bytes& changed) {
    EXPECT_TRUE(errors::IsUnverified(HpkeOpen(key, {sealed->enc, changed}, kInfo, kBound).status()));
  });
  test::ForEachWrongLength(sealed->ciphertext, [&](const Bytes& changed) {
    EXPECT_FALSE(HpkeOpen(key, {sealed->enc, changed}, kInfo, kBound).ok());
  });
  test::ForEachFlippedBit(kInfo, [&](const Bytes& changed) {
    EXPECT_TRUE(errors::IsUnverified(HpkeOpen(key, *sealed, changed, kBound).status()));
  });
  test::ForEachFlippedBit(kBound.bytes, [&](const Bytes& changed) {
    EXPECT_TRUE(errors::IsUnverified(HpkeOpen(key, *sealed, kInfo, AssociatedData(changed)).status()));
  });
  EXPECT_FALSE(HpkeOpen(DecryptionKey::Draw(SystemRandom()), *sealed, kInfo, kBound).ok());
}

// Points of order 1, 2, 4 and 8 on curve and twist, and spellings above the prime or with the ignored bit set.
const char* const kUnusable[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0900000000000000000000000000000000000000000000000000000000000080",
    "cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

TEST(Hpke, RefusesUnusableKeysOnBothSides) {
  const DecryptionKey key = DecryptionKey::Draw(SystemRandom());
  for (const char* text : kUnusable) {
    const auto weak = EncryptionKey::FromBytes(*HexDecode(text));
    EXPECT_EQ(UsableKey(*weak).code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(HpkeSeal(*weak, kInfo, kBound, "key", SystemRandom()).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_EQ(HpkeOpen(key, {*weak, Bytes(48, 'x')}, kInfo, kBound).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
  // Control: the base point and a fresh key are usable.
  EXPECT_TRUE(UsableKey(*EncryptionKey::FromBytes(Bytes(1, 9) + Bytes(31, 0))).ok());
  EXPECT_TRUE(UsableKey(key.encryption_key()).ok());
}

TEST(Hpke, EachSealHasItsOwnEphemeralKey) {
  const DecryptionKey key = DecryptionKey::Draw(SystemRandom());
  const auto a = HpkeSeal(key.encryption_key(), kInfo, kBound, "key", SystemRandom());
  const auto b = HpkeSeal(key.encryption_key(), kInfo, kBound, "key", SystemRandom());
  EXPECT_NE(a->enc, b->enc);
  EXPECT_NE(a->ciphertext, b->ciphertext);
}

TEST(Hpke, DerivesKeysFromEnoughSeedOnly) {
  EXPECT_FALSE(HpkeDeriveKey(Bytes(31, 's')).ok());
  EXPECT_TRUE(HpkeDeriveKey(Bytes(32, 's')).ok());
}

}  // namespace
}  // namespace alcove::crypto
