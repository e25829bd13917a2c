// The ZIP: what is written is read back, and nothing else is.
#include "client/lib/exports/archive.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "client/lib/errors.h"

namespace alcove::client::exports {
namespace {

const std::vector<Member> kMembers = {{"README.txt", "hello\n"}, {"empty.txt", ""}, {"case.json", std::string(70000, 'x')}};

TEST(Archive, IsReadAsItWasWritten) {
  const auto bytes = WriteArchive(kMembers);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_TRUE(IsArchive(*bytes));
  const auto read = ReadArchive(*bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, kMembers);
}

TEST(Archive, HasTheSameBytesInEveryTimeZone) {
  const auto here = WriteArchive(kMembers);
  ASSERT_TRUE(here.ok());
  ASSERT_EQ(setenv("TZ", "America/New_York", 1), 0);
  tzset();
  const auto there = WriteArchive(kMembers);
  ASSERT_TRUE(there.ok());
  EXPECT_EQ(*here, *there);
}

TEST(Archive, OneChangedBitAnywhereIsFound) {
  // Without the long member, whose bytes the checksum covers all alike.
  const auto bytes = WriteArchive({{"README.txt", "hello\n"}, {"empty.txt", ""}, {"case.json", "{}\n"}});
  ASSERT_TRUE(bytes.ok());
  ASSERT_TRUE(ReadArchive(*bytes).ok()) << "control";
  for (size_t i = 0; i < bytes->size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = *bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto read = ReadArchive(changed);
      // A changed name is a name: whoever asks for the members by name finds it.
      if (read.ok()) {
        ADD_FAILURE() << "byte " << i << " bit " << bit;
      }
    }
  }
}

TEST(Archive, IsRefusedCutShortLengthenedAndEmpty) {
  const auto bytes = WriteArchive(kMembers);
  ASSERT_TRUE(bytes.ok());
  for (const size_t size : {size_t{0}, size_t{4}, size_t{100}, bytes->size() - 1}) {
    EXPECT_EQ(ReasonOf(ReadArchive(std::string_view(*bytes).substr(0, size)).status()), "EXPORT_INVALID") << size;
  }
  EXPECT_FALSE(ReadArchive(*bytes + '\0').ok());
  EXPECT_FALSE(ReadArchive("x" + *bytes).ok());
  EXPECT_FALSE(WriteArchive({}).ok());
}

TEST(Archive, LargerThanAClientReadsIsNotMade) {
  EXPECT_EQ(ReasonOf(WriteArchive({{"case.json", std::string(kMostArchiveBytes, 'x')}}).status()), "INPUT_INVALID");
}

}  // namespace
}  // namespace alcove::client::exports
