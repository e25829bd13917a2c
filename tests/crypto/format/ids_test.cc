#include "crypto/format/ids.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

TEST(Ids, TextIsTwentySixCharactersAndComesBack) {
  CaseId id = test::Case();
  std::string text = Text(id);
  EXPECT_EQ(text.size(), 26u);
  auto back = FromText<CaseId>(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, id);
}

TEST(Ids, OneIdHasOneText) {
  std::string text = Text(test::Case());
  // The last character carries two unused bits: each other value of them is another spelling of the same 16 bytes.
  int taken = 0;
  for (char c : std::string("abcdefghijklmnopqrstuvwxyz234567")) {
    text.back() = c;
    if (FromText<CaseId>(text).ok()) ++taken;
  }
  EXPECT_EQ(taken, 8);
  EXPECT_FALSE(FromText<CaseId>("").ok());
  EXPECT_FALSE(FromText<CaseId>(std::string(26, 'A')).ok());
  EXPECT_FALSE(FromText<CaseId>(std::string(25, 'a')).ok());
  EXPECT_FALSE(FromText<CaseId>(std::string(27, 'a')).ok());
  EXPECT_TRUE(FromText<CaseId>(std::string(26, 'a')).ok());
}

TEST(Ids, NamesSayTheirCollectionAndAreHeldToIt) {
  CaseId id = test::Case();
  EntryId entry = test::Fixed<EntryId>("entry");
  EXPECT_EQ(*ParseCaseName(CaseName(id)), id);
  auto both = ParseEntryName(EntryName(id, entry));
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->first, id);
  EXPECT_EQ(both->second, entry);
  EXPECT_FALSE(ParseCaseName("blobs/" + Text(id)).ok());
  EXPECT_FALSE(ParseCaseName(CaseName(id) + "/").ok());
  EXPECT_FALSE(ParseEntryName(CaseName(id) + "/notes/" + Text(entry)).ok());
  EXPECT_FALSE(ParseEntryName("cases/short").ok());
  EXPECT_EQ(*ParseStaffName("staff/amira-2"), "amira-2");
  EXPECT_FALSE(ParseStaffName("staff/Amira").ok());
}

TEST(Ids, SlugsAreShortLowerCaseAndPlain) {
  EXPECT_TRUE(IsSlug("a"));
  EXPECT_TRUE(IsSlug("anna-2"));
  EXPECT_TRUE(IsSlug(std::string(32, 'x')));
  for (const char* bad : {"", "-a", "a-", "A", "a b", "a.b", "ä", "a\n"}) EXPECT_FALSE(IsSlug(bad)) << bad;
  EXPECT_FALSE(IsSlug(std::string(33, 'x')));
}

}  // namespace
}  // namespace alcove::format
