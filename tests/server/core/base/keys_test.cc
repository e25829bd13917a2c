#include "server/core/base/keys.h"

#include <gtest/gtest.h>

#include <set>

#include "server/core/base/record.h"
#include "server/core/base/tables.h"

namespace alcove::base {
namespace {

using namespace std::string_view_literals;

TEST(Keys, IntegersAreBigEndianAndAsWideAsTheirType) {
  EXPECT_EQ(RowKey(std::uint8_t{1}, std::uint32_t{2}, std::uint64_t{3}), "\1\0\0\0\2\0\0\0\0\0\0\0\3"sv);
  EXPECT_EQ(RowKey(std::uint32_t{0xfffefdfc}), "\xff\xfe\xfd\xfc"sv);
}

TEST(Keys, ASlugCarriesItsLengthSoThatNoSlugIsThePrefixOfAnother) {
  const StaffSlug ann = *StaffSlug::Parse("ann");
  const StaffSlug anna = *StaffSlug::Parse("anna");
  EXPECT_EQ(RowKey(ann), "\3ann"sv);
  EXPECT_FALSE(RowKey(anna).starts_with(RowKey(ann)));
}

TEST(Keys, SlugsAreChecked) {
  for (const char* good : {"a", "amira", "a-1", "0", "abcdefghijklmnopqrstuvwxyz012345"})
    EXPECT_TRUE(StaffSlug::Parse(good).ok()) << good;
  for (const char* bad : {"", "-a", "a-", "A", "a b", "a/b", "\xc3\xa4", "abcdefghijklmnopqrstuvwxyz0123456"})
    EXPECT_FALSE(StaffSlug::Parse(bad).ok()) << bad;
}

TEST(Tables, EveryNumberAndEveryNameStandsOnce) {
  std::set<Table> numbers;
  std::set<std::string_view> names;
  for (const TableTraits& traits : kTables) {
    EXPECT_TRUE(numbers.insert(traits.table).second) << traits.name;
    EXPECT_TRUE(names.insert(traits.name).second) << traits.name;
    EXPECT_EQ(TraitsOf(traits.table), &traits);
  }
  EXPECT_EQ(TraitsOf(static_cast<Table>(0)), nullptr);
  EXPECT_EQ(TraitsOf(static_cast<Table>(255)), nullptr);
}

TEST(Tables, RowsOfACaseBeginWithItsId) {
  for (const TableTraits& traits : kTables) {
    if (traits.scope != Scope::kCase) continue;
    EXPECT_GE(traits.key_size, CaseId::kSize) << traits.name;
    EXPECT_EQ(traits.slug, SlugPlace::kNone) << traits.name;
  }
}

TEST(RowVersions, AreEqualWhenTheirFirstSixteenBytesAre) {
  const RowVersion one("0123456789abcdefREST");
  EXPECT_EQ(one, RowVersion("0123456789abcdefOTHER"));
  EXPECT_NE(one, RowVersion("1123456789abcdefREST"));
  EXPECT_NE(one, RowVersion());
  EXPECT_EQ(one.view(), "0123456789abcdef");
}

}  // namespace
}  // namespace alcove::base
