#include "server/storage/newborn.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/base/tables.h"

namespace alcove::storage {
namespace {

const std::string kCase(16, 'c');
const std::string kOther(16, 'd');

std::string Key(base::Table table, std::string_view rest = {}) {
  return std::string(1, static_cast<char>(table)).append(kCase).append(rest);
}

std::string Newborn(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string value;
  for (const auto& [key, row] : rows) {
    AppendNewbornHead({key, row}, &value);
    value.append(row);
  }
  return value;
}

const std::vector<std::pair<std::string, std::string>> kRows = {
    {Key(base::Table::kCaseKey), std::string(72, 'k')},
    {Key(base::Table::kCase), std::string(16, 'v')},
    {Key(base::Table::kEntry, std::string(5, '\0')), std::string(70000, 'e')},
    {Key(base::Table::kCaseLeaf, std::string("\0\0\0\1", 4)), std::string(200, 'l')},
    {Key(base::Table::kApproval, std::string(16, 'a')), std::string(200, 'p')},
};

TEST(Newborn, GivesBackEveryRowUnderItsKeyInOrder) {
  const std::string value = Newborn(kRows);
  const auto rows = RowsOfNewborn(kCase, value);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), kRows.size());
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    EXPECT_EQ((*rows)[i].key, kRows[i].first);
    EXPECT_EQ((*rows)[i].value, kRows[i].second);
  }
}

TEST(Newborn, TheCaseIsInTheKeyAndNowhereElse) {
  const std::string value = Newborn(kRows);
  EXPECT_EQ(value.find(kCase), std::string::npos);
  const auto rows = RowsOfNewborn(kOther, value);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(CaseIn(rows->front().key), kOther);
  EXPECT_EQ(CaseIn(NewbornKey(kCase)), kCase);
}

TEST(Newborn, HoldsWhatFilingWritesForACaseAndNothingElse) {
  for (const base::TableTraits& traits : base::kTables) {
    const bool of_case = traits.table == base::Table::kCaseKey || traits.scope == base::Scope::kCase;
    const std::string key = Key(traits.table, std::string(traits.key_size > 16 ? traits.key_size - 16 : 0, 'r'));
    EXPECT_EQ(IsKeyOfCase(key), of_case && traits.table != base::Table::kBlobPart) << traits.name;
    EXPECT_EQ(IsKeyOfCase(key), LiesWithCase(static_cast<char>(traits.table))) << traits.name;
    EXPECT_FALSE(IsKeyOfCase(key + "x")) << traits.name;
    EXPECT_FALSE(IsKeyOfCase(key.substr(0, key.size() - 1))) << traits.name;
  }
  EXPECT_FALSE(IsKeyOfCase(""));
  EXPECT_FALSE(IsKeyOfCase(NewbornKey(kCase)));
}

TEST(Newborn, CutAnywhereButBetweenRowsIsRefused) {
  std::vector<std::pair<std::string, std::string>> rows = kRows;
  rows[2].second.resize(300);
  const std::string value = Newborn(rows);
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= value.size(); ++size) {
    const auto read = RowsOfNewborn(kCase, std::string_view(value).substr(0, size));
    if (!read.ok()) continue;
    ++whole;
    EXPECT_EQ(Newborn({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(read->size())}).size(), size);
  }
  EXPECT_EQ(whole, rows.size());
}

TEST(Newborn, ForeignTablesWrongSizesWrongOrderAndRowsTooShortAreRefused) {
  const auto refused = [](const std::vector<std::pair<std::string, std::string>>& rows) {
    return !RowsOfNewborn(kCase, Newborn(rows)).ok();
  };
  EXPECT_FALSE(refused(kRows)) << "the control";
  EXPECT_TRUE(refused({})) << "a newborn without rows";
  EXPECT_TRUE(refused({kRows[1], kRows[0]}));
  EXPECT_TRUE(refused({kRows[0], kRows[0]}));
  EXPECT_TRUE(refused({{Key(base::Table::kBlobPart, std::string(20, 'b')), kRows[0].second}}));
  EXPECT_TRUE(refused({{Key(base::Table::kMailbox), kRows[0].second}}));
  EXPECT_TRUE(refused({{Key(base::Table::kCase, "x"), kRows[0].second}}));
  EXPECT_TRUE(refused({{Key(base::Table::kCase), std::string(15, 'v')}}));
  EXPECT_FALSE(RowsOfNewborn(kCase.substr(1), Newborn(kRows)).ok());
}

TEST(Newborn, AHeadIsNeverLongerThanItSays) {
  for (const base::TableTraits& traits : base::kTables) {
    if (!LiesWithCase(static_cast<char>(traits.table))) continue;
    std::string head;
    AppendNewbornHead({Key(traits.table, std::string(traits.key_size - 16, 'r')), kRows[0].second}, &head);
    EXPECT_LE(head.size(), kMostNewbornHead) << traits.name;
  }
}

}  // namespace
}  // namespace alcove::storage
