#include "crypto/hash.h"

#include "crypto/encoding.h"
#include "crypto/hkdf.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"

namespace alcove::crypto {
namespace {

TEST(Hash, AgreesWithShortPublishedValues) {
  // FIPS 180-4, RFC 7693 appendix A, RFC 4231 test 2.
  EXPECT_EQ(HexEncode(Sha256("abc").view()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha512("abc").view()).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_EQ(HexEncode(*Blake2b(64, {}, "abc")).substr(0, 32), "ba80a53f981c4d0d6a2797b69f12f6e9");
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?").view()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexEncode(HmacSha512("Jefe", "what do ya want for nothing?").view()).substr(0, 32),
            "164b7a7bfcf819e2e395fbe73b56e0a3");
  // RFC 5869 test 3.
  EXPECT_EQ(HexEncode(HkdfSha256({}, Bytes(22, '\x0b'), {}, 42)->view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hash, PiecesMakeTheSameDigest) {
  test::SeededRandom random("pieces");
  const Bytes message = random.Draw(300);
  for (size_t cut = 0; cut <= message.size(); ++cut) {
    Sha256Stream stream;
    stream.Update(BytesView(message).substr(0, cut)).Update(BytesView(message).substr(cut));
    EXPECT_EQ(stream.Finish(), Sha256(message));
  }
}

TEST(Hash, RefusesSizesThatBlake2bDoesNotHave) {
  EXPECT_FALSE(Blake2b(0, {}, "x").ok());
  EXPECT_FALSE(Blake2b(65, {}, "x").ok());
  EXPECT_FALSE(Blake2b(32, Bytes(65, 'k'), "x").ok());
  EXPECT_TRUE(Blake2b(1, {}, "x").ok());
}

TEST(Hash, KeyedDigestsDependOnTheKey) {
  const auto a = SymmetricKey::FromBytes(Bytes(32, 'a'));
  const auto b = SymmetricKey::FromBytes(Bytes(32, 'b'));
  EXPECT_NE(KeyedBlake2b256(*a, "x"), KeyedBlake2b256(*b, "x"));
  EXPECT_EQ(KeyedBlake2b256(*a, "x").str(), *Blake2b(32, Bytes(32, 'a'), "x"));
}

TEST(Hash, DerivedKeysDifferByLabelAndContext) {
  const auto key = SymmetricKey::FromBytes(Bytes(32, 'k'));
  const SymmetricKey plain = DeriveKey(*key, "label");
  EXPECT_FALSE(ConstantTimeEquals(plain.expose(), DeriveKey(*key, "label", "context").expose()));
  EXPECT_FALSE(ConstantTimeEquals(plain.expose(), DeriveKey(*key, "labe").expose()));
  // The boundary between label and context is part of the input.
  EXPECT_FALSE(ConstantTimeEquals(DeriveKey(*key, "ab", "c").expose(), DeriveKey(*key, "a", "bc").expose()));
  EXPECT_EQ(HkdfSha256({}, key->expose(), BytesView("label\0context", 13), 32)->view(),
            DeriveKey(*key, "label", "context").expose());
}

TEST(Hash, HkdfEndsAt255Blocks) {
  EXPECT_TRUE(HkdfSha256("s", "k", "i", 255 * 32).ok());
  EXPECT_FALSE(HkdfSha256("s", "k", "i", 255 * 32 + 1).ok());
  EXPECT_EQ(HkdfSha256("s", "k", "i", 0)->view(), "");
}

}  // namespace
}  // namespace alcove::crypto
