#include "crypto/padme.h"

#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

TEST(Padme, CostsAtMostTwelvePercent) {
  for (uint64_t size = 1; size < 200000; size += 1 + size / 300) {
    const uint64_t padded = PaddedSize(size, 0);
    EXPECT_GE(padded, size);
    EXPECT_LE(static_cast<double>(padded), static_cast<double>(size) * 1.12 + 1) << size;
    EXPECT_EQ(PaddedSize(padded, 0), padded) << "a padded size is its own class";
  }
}

TEST(Padme, SmallThingsHaveOneSize) {
  for (const uint64_t size : {0u, 1u, 100u, 4095u, 4096u}) EXPECT_EQ(PaddedSize(size, 4096), 4096u);
  EXPECT_EQ(PaddedSize(4097, 4096), 4352u);
  EXPECT_EQ(PaddedSize(0, 0), 1u);
}

TEST(Padme, FewSizesAreLeft) {
  std::set<uint64_t> classes;
  for (uint64_t size = 1; size <= 131072; ++size) classes.insert(PaddedSize(size, 4096));
  EXPECT_LT(classes.size(), 100u);
}

TEST(Padme, ContentComesBack) {
  test::SeededRandom random("padme");
  for (const uint64_t floor : {0u, 64u, 4096u}) {
    for (size_t size = 0; size < 300; ++size) {
      Bytes content = random.Draw(size);
      if (size > 2) content.back() = size % 2 == 0 ? '\0' : '\x80';  // endings that look like padding
      const Plaintext padded = Pad(content, floor);
      EXPECT_EQ(padded.bytes.size(), PaddedSize(size + 1, floor));
      const auto back = Unpad(padded.view(), floor);
      ASSERT_TRUE(back.ok());
      EXPECT_EQ(*back, content);
    }
  }
}

TEST(Padme, RefusesPaddingThatPadDoesNotMake) {
  EXPECT_FALSE(Unpad("", 0).ok());
  EXPECT_FALSE(Unpad(Bytes(64, '\0'), 64).ok()) << "no mark";
  EXPECT_FALSE(Unpad(Bytes(64, 'x'), 64).ok()) << "no mark";
  const Plaintext padded = Pad("text", 64);
  ASSERT_TRUE(Unpad(padded.view(), 64).ok());
  EXPECT_FALSE(Unpad(padded.view(), 128).ok()) << "below the floor";
  EXPECT_FALSE(Unpad(padded.view(), 0).ok()) << "more than this content asks for";
  test::ForEachWrongLength(padded.view(), [](const Bytes& changed) { EXPECT_FALSE(Unpad(changed, 64).ok()); });
  // A changed bit of the padding is refused, or moves the end and is another content of the same size class.
  test::ForEachFlippedBit(padded.view().substr(5), [&](const Bytes& changed) {
    const auto other = Unpad(Bytes("text\x80") + changed, 64);
    if (other.ok()) {
      EXPECT_NE(*other, "text");
    }
  });
}

}  // namespace
}  // namespace alcove::crypto
