#include "crypto/aead.h"

#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

const AssociatedData kPlace{"table and key"};

TEST(Aead, OpensWhatItSealed) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  for (const size_t size : {0, 1, 63, 64, 65, 4096}) {
    const Bytes text = SystemRandom().Draw(size);
    const Bytes sealed = Seal(key, text, kPlace, SystemRandom());
    EXPECT_EQ(sealed.size(), size + kSealOverhead);
    const auto opened = Open(key, sealed, kPlace);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->bytes, text);
  }
}

TEST(Aead, RefusesEveryChangedBitAndLength) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  const Bytes sealed = Seal(key, BytesView("what was said"), kPlace, SystemRandom());
  ASSERT_TRUE(Open(key, sealed, kPlace).ok());
  test::ForEachFlippedBit(
      sealed, [&](const Bytes& changed) { EXPECT_TRUE(errors::IsUnverified(Open(key, changed, kPlace).status())); });
  test::ForEachWrongLength(sealed, [&](const Bytes& changed) { EXPECT_FALSE(Open(key, changed, kPlace).ok()); });
}

TEST(Aead, RefusesAnotherKeyOrPlace) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  const Bytes sealed = Seal(key, BytesView("text"), kPlace, SystemRandom());
  test::ForEachFlippedBit(key.expose(), [&](const Bytes& other) {
    EXPECT_FALSE(Open(*SymmetricKey::FromBytes(other), sealed, kPlace).ok());
  });
  test::ForEachFlippedBit(kPlace.bytes,
                          [&](const Bytes& other) { EXPECT_FALSE(Open(key, sealed, AssociatedData(other)).ok()); });
  EXPECT_FALSE(Open(key, sealed, AssociatedData()).ok());
}

TEST(Aead, DrawsAFreshNonceEachTime) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  EXPECT_NE(Seal(key, BytesView("text"), kPlace, SystemRandom()), Seal(key, BytesView("text"), kPlace, SystemRandom()));
}

TEST(Aead, SealIntoKeepsTheBufferItIsGiven) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  Bytes row;
  row.reserve(1000);
  const char* where = row.data();
  for (int i = 0; i < 3; ++i) {
    SealInto(key, BytesView("row"), kPlace, SystemRandom(), &row);
    EXPECT_EQ(row.data(), where);
    EXPECT_EQ(row.size(), 3 + kSealOverhead);
    EXPECT_EQ(Open(key, row, kPlace)->bytes, "row");
  }
  SealAppend(key, BytesView("more"), kPlace, SystemRandom(), &row);
  EXPECT_EQ(row.data(), where);
  EXPECT_EQ(Open(key, BytesView(row).substr(3 + kSealOverhead), kPlace)->bytes, "more");
}

TEST(Aead, CommitmentsTellKeysAndContextsApart) {
  const auto key = SymmetricKey::FromBytes(Bytes(32, 'k'));
  const auto other = SymmetricKey::FromBytes(Bytes(32, 'o'));
  EXPECT_EQ(Commitment(*key), Commitment(*key));
  EXPECT_NE(Commitment(*key), Commitment(*other));
  EXPECT_NE(Commitment(*key), Commitment(*key, "entry"));
}

}  // namespace
}  // namespace alcove::crypto
