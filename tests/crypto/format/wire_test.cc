#include "crypto/format/wire.h"

#include "gtest/gtest.h"

namespace alcove::format {
namespace {

TEST(Wire, IntegersAreBigEndian) {
  ByteWriter writer;
  writer.U8(0x01).U16(0x0203).U32(0x04050607).U64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(writer.bytes(), Bytes("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"));
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.U8(), 0x01);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U32(), 0x04050607u);
  EXPECT_EQ(reader.U64(), 0x08090a0b0c0d0e0fu);
  EXPECT_TRUE(reader.done());
}

TEST(Wire, AReadPastTheEndFailsForGood) {
  ByteReader reader("ab");
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Raw(1), "");
  EXPECT_FALSE(reader.done());
}

TEST(Wire, BytesLeftOverAreNotDone) {
  ByteReader reader("abc");
  reader.U16();
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(reader.left(), 1u);
}

TEST(Wire, ALengthThatLiesFails) {
  ByteReader reader(BytesView("\x05word", 5));
  EXPECT_EQ(reader.Short(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(Wire, ZeroBytesAreExpectedToBeZero) {
  ByteReader good(BytesView("\0\0", 2));
  good.ExpectZero(2);
  EXPECT_TRUE(good.done());
  ByteReader bad(BytesView("\0\1", 2));
  bad.ExpectZero(2);
  EXPECT_FALSE(bad.ok());
}

}  // namespace
}  // namespace alcove::format
