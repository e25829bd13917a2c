#include "crypto/format/tag.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

TEST(Identifier, SpellingsOfOnePersonAreOne) {
  for (const char* spelling : {"e-1001", "E-1001", "  E-1001\n", "\te-1001 "}) {
    EXPECT_EQ(Identifier::OfStaffNumber(spelling)->text(), "emp:E-1001") << spelling;
  }
  for (const char* spelling : {"Amira@Riverside.Example", " amira@riverside.example "}) {
    EXPECT_EQ(Identifier::OfMail(spelling)->text(), "mail:amira@riverside.example") << spelling;
  }
  EXPECT_EQ(Identifier::Parse(" emp: e-1001 ")->text(), "emp:E-1001");
  EXPECT_EQ(Identifier::Parse("mail:A@B")->text(), "mail:a@b");
  // The normal form is its own normal form.
  EXPECT_EQ(Identifier::Parse("emp:E-1001")->text(), "emp:E-1001");
}

TEST(Identifier, WhatHasNoOneSpellingIsRefused) {
  for (const char* bad : {"", " ", "\xc3\xa4", "a\tb", "a\nb"}) {
    EXPECT_REFUSED(Identifier::OfStaffNumber(bad), kMalformed) << bad;
  }
  EXPECT_REFUSED(Identifier::OfStaffNumber(std::string("a\0b", 3)), kMalformed);
  EXPECT_REFUSED(Identifier::OfStaffNumber(std::string(125, 'x')), kMalformed);
  EXPECT_TRUE(Identifier::OfStaffNumber(std::string(124, 'x')).ok());
  for (const char* bad : {"", "amira", "@b", "a@", "a@b@c", "a b@c", "\xc3\xa4@b"}) {
    EXPECT_REFUSED(Identifier::OfMail(bad), kMalformed) << bad;
  }
  for (const char* bad : {"", "E-1001", "EMP:1", "tel:1", "emp:", "mail:"}) {
    EXPECT_REFUSED(Identifier::Parse(bad), kMalformed) << bad;
  }
}

TEST(Identifier, AliasesDependOnSaltAndKind) {
  AliasSalt salt = test::Fixed<AliasSalt>("salt"), other = test::Fixed<AliasSalt>("another");
  auto id = *Identifier::OfStaffNumber("1001");
  EXPECT_EQ(IdentifierAlias(salt, id), IdentifierAlias(salt, *Identifier::Parse("emp:1001")));
  EXPECT_NE(IdentifierAlias(salt, id), IdentifierAlias(other, id));
  SubjectTag tag = test::Fixed<SubjectTag>("tag");
  EXPECT_NE(TagAlias(salt, tag), TagAlias(other, tag));
  EXPECT_NE(TagAlias(salt, tag), TagAlias(salt, test::Fixed<SubjectTag>("another tag")));
}

}  // namespace
}  // namespace alcove::format
