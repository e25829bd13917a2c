// One suite for every RowStore.
#include "server/storage/row_store.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/core/base/errors.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

enum class Kind { kMemory, kRocks };

class RowStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kMemory) {
      rows_ = std::make_unique<MemoryStore>();
    } else {
      auto opened = CreateRocks(directory_ / "db");
      ASSERT_TRUE(opened.ok()) << opened.status();
      rows_ = *std::move(opened);
    }
  }

  static std::string Value(std::string_view text) { return std::string(text).append(24, '.'); }
  absl::Status Put(std::string_view key, std::string_view text) {
    const std::string value = Value(text);
    const RowWrite write{key, value};
    return rows_->Commit({&write, 1}, {});
  }
  std::string Keys(std::string_view prefix, std::string_view after) {
    std::string keys;
    EXPECT_TRUE(rows_->Scan(prefix, after, [&](std::string_view key, std::string_view) {
                       keys.append(key).append(" ");
                       return true;
                     }).ok());
    return keys;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<RowStore> rows_;
};

TEST_P(RowStoreTest, GivesBackWhatWasWrittenAndNothingElse) {
  ASSERT_TRUE(Put("a", "one").ok());
  std::string value = "kept";
  EXPECT_FALSE(*rows_->Get("b", &value));
  EXPECT_EQ(value, "kept");
  EXPECT_TRUE(*rows_->Get("a", &value));
  EXPECT_EQ(value, Value("one"));
}

TEST_P(RowStoreTest, KeysAndValuesMayHoldAnyByte) {
  const std::string key("\0\xff\n\0", 4);
  const std::string value(300000, '\0');
  const RowWrite write{key, value};
  ASSERT_TRUE(rows_->Commit({&write, 1}, {}).ok());
  std::string read;
  EXPECT_TRUE(*rows_->Get(key, &read));
  EXPECT_EQ(read, value);
}

TEST_P(RowStoreTest, TheVersionIsTheFirstSixteenBytes) {
  EXPECT_EQ(*rows_->Version("a"), std::nullopt);
  ASSERT_TRUE(Put("a", "one").ok());
  EXPECT_EQ(*rows_->Version("a"), base::RowVersion(Value("one")));
}

TEST_P(RowStoreTest, VersionsComeInTheOrderOfTheKeysHoweverMany) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("key " + std::to_string(i * 37 % 100));
  for (std::size_t i = 0; i < names.size(); i += 3) ASSERT_TRUE(Put(names[i], "value of " + names[i]).ok());
  std::vector<std::string_view> asked(names.begin(), names.end());
  asked.push_back(names[0]);
  asked.push_back(names[1]);
  std::vector<std::optional<base::RowVersion>> versions(3);
  ASSERT_TRUE(rows_->Versions(asked, &versions).ok());
  ASSERT_EQ(versions.size(), asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool there = i % names.size() % 3 == 0;
    EXPECT_EQ(versions[i], there ? std::optional(base::RowVersion(Value("value of " + std::string(asked[i])))) : std::nullopt) << i;
  }
  ASSERT_TRUE(rows_->Versions({}, &versions).ok());
  EXPECT_TRUE(versions.empty());
}

TEST_P(RowStoreTest, TheLastWriteOfABatchWins) {
  const std::string one = Value("one");
  const std::string two = Value("two");
  const std::vector<RowWrite> writes = {{"a", one}, {"a", two}, {"b", one}, {"b", {}, true}};
  ASSERT_TRUE(rows_->Commit(writes, {}).ok());
  std::string read;
  EXPECT_TRUE(*rows_->Get("a", &read));
  EXPECT_EQ(read, two);
  EXPECT_FALSE(*rows_->Get("b", &read));
}

TEST_P(RowStoreTest, RemovingWhatIsNotThereIsNoError) {
  const RowWrite write{"a", {}, true};
  EXPECT_TRUE(rows_->Commit({&write, 1}, {}).ok());
}

TEST_P(RowStoreTest, AFailedExpectationLeavesEverythingAsItWas) {
  ASSERT_TRUE(Put("a", "one").ok());
  const std::string two = Value("two");
  const std::vector<RowWrite> writes = {{"a", two}, {"b", two}};
  const base::RowVersion right(Value("one"));
  const base::RowVersion wrong(two);
  for (const RowExpectation& expectation :
       {RowExpectation{"a", wrong}, RowExpectation{"a", std::nullopt}, RowExpectation{"b", right}}) {
    const absl::Status status = rows_->Commit(writes, {&expectation, 1});
    EXPECT_EQ(base::ReasonOf(status), base::Reason::kContended);
    EXPECT_EQ(*rows_->Version("a"), right);
    EXPECT_EQ(*rows_->Version("b"), std::nullopt);
  }
  const std::vector<RowExpectation> hold = {{"a", right}, {"b", std::nullopt}};
  EXPECT_TRUE(rows_->Commit(writes, hold).ok());
  EXPECT_EQ(*rows_->Version("a"), base::RowVersion(two));
}

TEST_P(RowStoreTest, ScansInByteOrderWithinAPrefixAndAfterAKey) {
  for (const char* key : {"b2", "b1", "a", "b\xff", "b", "c"}) ASSERT_TRUE(Put(key, key).ok());
  EXPECT_EQ(Keys("", ""), "a b b1 b2 b\xff c ");
  EXPECT_EQ(Keys("b", ""), "b b1 b2 b\xff ");
  EXPECT_EQ(Keys("b", "b1"), "b2 b\xff ");
  EXPECT_EQ(Keys("b", "b11"), "b2 b\xff ");
  EXPECT_EQ(Keys("b", "a"), "b b1 b2 b\xff ");
  EXPECT_EQ(Keys("b", "c"), "");
  EXPECT_EQ(Keys("x", ""), "");
}

TEST_P(RowStoreTest, AVisitorEndsTheScanAndMayReadMeanwhile) {
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(Put(key, key).ok());
  int seen = 0;
  ASSERT_TRUE(rows_->Scan("", "", [&](std::string_view key, std::string_view value) {
                     std::string read;
                     EXPECT_TRUE(*rows_->Get(key, &read));
                     EXPECT_EQ(read, value);
                     return ++seen < 2;
                   }).ok());
  EXPECT_EQ(seen, 2);
}

TEST_P(RowStoreTest, AScanSeesOneMoment) {
  for (const char* key : {"a", "b"}) ASSERT_TRUE(Put(key, key).ok());
  std::string keys;
  ASSERT_TRUE(rows_->Scan("", "", [&](std::string_view key, std::string_view) {
                     keys.append(key);
                     EXPECT_TRUE(Put("b1", "late").ok());
                     return true;
                   }).ok());
  EXPECT_EQ(keys, "ab");
}

TEST_P(RowStoreTest, OfManyThatExpectTheSameOneWins) {
  ASSERT_TRUE(Put("a", "start").ok());
  const base::RowVersion start(Value("start"));
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      const std::string value = Value(std::to_string(t));
      const RowWrite write{"a", value};
      const RowExpectation expectation{"a", start};
      if (rows_->Commit({&write, 1}, {&expectation, 1}).ok()) ++won;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// A case as filing writes it, and what happens to it later: no store may show that it keeps a newborn's rows together.
class CaseRows : public RowStoreTest {
 protected:
  static std::string Key(base::Table table, char id, std::string_view rest = {}) {
    return std::string(1, static_cast<char>(table)).append(16, id).append(rest);
  }
  static std::string EntryKey(char id, char sequence) { return Key(base::Table::kEntry, id, std::string("\0\0\0\0", 4) + sequence); }
  static std::string LeafKey(char id, char number) { return Key(base::Table::kCaseLeaf, id, std::string("\0\0\0", 3) + number); }

  absl::Status Write(const std::vector<std::pair<std::string, std::string>>& puts, const std::vector<std::string>& removals = {}) {
    std::vector<RowWrite> writes;
    for (const auto& [key, value] : puts) writes.push_back({key, value});
    for (const std::string& key : removals) writes.push_back({key, {}, true});
    return rows_->Commit(writes, {});
  }
  absl::Status File(char id) {
    return Write({{Key(base::Table::kCase, id), Value("case")},
                  {EntryKey(id, 0), Value("report")},
                  {LeafKey(id, 1), Value("filed")},
                  {LeafKey(id, 2), Value("assigned")},
                  {Key(base::Table::kCaseKey, id), Value("key")},
                  {Key(base::Table::kMailbox, id), Value("mailbox")}});
  }
  std::string Read(const std::string& key) {
    std::string value;
    const auto found = rows_->Get(key, &value);
    if (!found.ok()) return std::string(found.status().message());
    const auto version = rows_->Version(key);
    EXPECT_TRUE(version.ok() && *version == (*found ? std::optional(base::RowVersion(value)) : std::nullopt));
    return *found ? value.substr(0, value.find('.')) : "none";
  }
  std::string Values(std::string_view prefix, std::string_view after = {}) {
    std::string values;
    EXPECT_TRUE(rows_->Scan(prefix, after, [&](std::string_view, std::string_view value) {
                       values.append(value.substr(0, value.find('.'))).append(" ");
                       return true;
                     }).ok());
    return values;
  }
  static std::string Table(base::Table table) { return std::string(1, static_cast<char>(table)); }
};

TEST_P(CaseRows, AreReadAloneAndInOrderAsSoonAsTheyAreFiled) {
  for (const char id : {'c', 'a', 'b'}) ASSERT_TRUE(File(id).ok());
  EXPECT_EQ(Read(Key(base::Table::kCase, 'a')), "case");
  EXPECT_EQ(Read(EntryKey('b', 0)), "report");
  EXPECT_EQ(Read(LeafKey('c', 2)), "assigned");
  EXPECT_EQ(Read(Key(base::Table::kCaseKey, 'c')), "key");
  EXPECT_EQ(Read(LeafKey('c', 3)), "none");
  EXPECT_EQ(Read(Key(base::Table::kCase, 'd')), "none");
  EXPECT_EQ(Values(""), "key key key case case case report report report filed assigned filed assigned filed assigned mailbox mailbox mailbox ");
  EXPECT_EQ(Values(Table(base::Table::kCaseLeaf)), "filed assigned filed assigned filed assigned ");
  EXPECT_EQ(Values(Table(base::Table::kCaseLeaf), LeafKey('a', 2)), "filed assigned filed assigned ");
  EXPECT_EQ(Values(Table(base::Table::kCaseLeaf), LeafKey('b', 1)), "assigned filed assigned ");
  EXPECT_EQ(Values(Key(base::Table::kCaseLeaf, 'b')), "filed assigned ");
  EXPECT_EQ(Values(LeafKey('b', 1)), "filed ");
  EXPECT_EQ(Values("", EntryKey('c', 0)), "filed assigned filed assigned filed assigned mailbox mailbox mailbox ");
}

TEST_P(CaseRows, StayWhereNothingChangesThemAndTheOthersChange) {
  for (const char id : {'a', 'b'}) ASSERT_TRUE(File(id).ok());
  ASSERT_TRUE(Write({{Key(base::Table::kCase, 'a'), Value("opened")}, {LeafKey('a', 3), Value("read")}}, {EntryKey('a', 0)}).ok());
  EXPECT_EQ(Values(Key(base::Table::kCase, 'a')) + Values(Key(base::Table::kEntry, 'a')) + Values(Key(base::Table::kCaseLeaf, 'a')),
            "opened filed assigned read ");
  EXPECT_EQ(Read(EntryKey('a', 0)), "none");
  EXPECT_EQ(Read(Key(base::Table::kCaseKey, 'a')), "key");
  EXPECT_EQ(Values(Table(base::Table::kCaseLeaf)), "filed assigned read filed assigned ");
  EXPECT_EQ(Values(Table(base::Table::kEntry)), "report ");
  EXPECT_EQ(Values(Table(base::Table::kCase)), "opened case ");
}

TEST_P(CaseRows, ACaseThatIsFiledOverAnOtherLeavesWhatItDoesNotWrite) {
  ASSERT_TRUE(File('a').ok());
  ASSERT_TRUE(Write({{Key(base::Table::kCaseKey, 'a'), Value("new-key")}, {Key(base::Table::kCase, 'a'), Value("new")}}).ok());
  EXPECT_EQ(Values(""), "new-key new report filed assigned mailbox ");
  ASSERT_TRUE(File('a').ok());
  EXPECT_EQ(Values(""), "key case report filed assigned mailbox ");
  ASSERT_TRUE(Write({}, {Key(base::Table::kCase, 'a'), Key(base::Table::kCaseKey, 'a'), LeafKey('a', 1)}).ok());
  EXPECT_EQ(Values(""), "report assigned mailbox ");
  ASSERT_TRUE(Write({{Key(base::Table::kCaseKey, 'a'), Value("k")}, {Key(base::Table::kCase, 'a'), Value("c")}}).ok());
  EXPECT_EQ(Values(""), "k c report assigned mailbox ");
}

TEST_P(CaseRows, AreGoneWithTheLastOfThem) {
  ASSERT_TRUE(File('a').ok());
  ASSERT_TRUE(Write({}, {Key(base::Table::kCase, 'a'), Key(base::Table::kCaseKey, 'a'), EntryKey('a', 0), LeafKey('a', 1), LeafKey('a', 2),
                         Key(base::Table::kMailbox, 'a')}).ok());
  EXPECT_EQ(Values(""), "");
}

TEST_P(CaseRows, AnExpectationOnAnyOfThemHoldsBeforeAndAfter) {
  ASSERT_TRUE(File('a').ok());
  const std::string value = Value("changed");
  const std::string key = LeafKey('a', 2);
  const RowWrite write{key, value};
  const RowExpectation absent{key, std::nullopt};
  EXPECT_EQ(base::ReasonOf(rows_->Commit({&write, 1}, {&absent, 1})), base::Reason::kContended);
  const RowExpectation unchanged{key, base::RowVersion(Value("assigned"))};
  EXPECT_TRUE(rows_->Commit({&write, 1}, {&unchanged, 1}).ok());
  EXPECT_EQ(base::ReasonOf(rows_->Commit({&write, 1}, {&unchanged, 1})), base::Reason::kContended);
}

TEST_P(CaseRows, AScanSeesOneMomentOfAllTables) {
  for (const char id : {'a', 'b'}) ASSERT_TRUE(File(id).ok());
  std::string values;
  ASSERT_TRUE(rows_->Scan("", "", [&](std::string_view, std::string_view value) {
                     values.append(value.substr(0, value.find('.'))).append(" ");
                     EXPECT_TRUE(Write({{Key(base::Table::kCase, 'b'), Value("late")}}, {LeafKey('a', 1)}).ok());
                     return true;
                   }).ok());
  EXPECT_EQ(values, "key key case case report report filed assigned filed assigned mailbox mailbox ");
  EXPECT_EQ(Values(""), "key key case late report report assigned filed assigned mailbox mailbox ");
}

INSTANTIATE_TEST_SUITE_P(Every, CaseRows, ::testing::Values(Kind::kMemory, Kind::kRocks),
                         [](const auto& made) { return made.param == Kind::kMemory ? "Memory" : "Rocks"; });

// Whatever is written, the two stores give the same answers: to every key, to every scan, before and after a start anew.
TEST(RowStores, AgreeWhateverIsWritten) {
  constexpr int kCommits = 400;
  std::mt19937 random(20261130);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  constexpr std::array kTables = {base::Table::kCaseKey, base::Table::kCase,     base::Table::kEntry,
                                  base::Table::kEpoch,   base::Table::kCaseLeaf, base::Table::kMailbox};
  const auto draw_key = [&] {
    const base::Table table = kTables[below(kTables.size())];
    std::string key = std::string(1, static_cast<char>(table)).append(15, 'c').append(1, static_cast<char>('a' + below(5)));
    const std::size_t size = 1 + base::TraitsOf(table)->key_size;
    if (key.size() < size) key.append(size - key.size() - 1, '\0').append(1, static_cast<char>(below(3)));
    return key;
  };
  TemporaryDirectory directory;
  MemoryStore memory;
  auto rocks = CreateRocks(directory / "db");
  ASSERT_TRUE(rocks.ok()) << rocks.status();
  const auto scan = [](const RowStore& rows, std::string_view prefix, std::string_view after) {
    std::vector<std::pair<std::string, std::string>> seen;
    EXPECT_TRUE(rows.Scan(prefix, after, [&](std::string_view key, std::string_view value) {
                      seen.emplace_back(key, value);
                      return true;
                    }).ok());
    return seen;
  };
  int filed = 0;
  for (int commit = 0; commit < kCommits; ++commit) {
    std::deque<std::pair<std::string, std::string>> kept;
    std::vector<RowWrite> writes;
    const auto write = [&](std::string key, bool remove) {
      const auto& [kept_key, value] =
          kept.emplace_back(std::move(key), std::to_string(commit) + ":" + std::to_string(writes.size()) + std::string(16 + below(40), '.'));
      writes.push_back(remove ? RowWrite{kept_key, {}, true} : RowWrite{kept_key, value});
    };
    for (unsigned i = below(6); i > 0; --i) write(draw_key(), below(4) == 0);
    if (below(3) == 0) {  // a filing, perhaps over what is there
      ++filed;
      const char id = static_cast<char>('a' + below(5));
      for (const base::Table table : {base::Table::kCase, base::Table::kCaseKey})
        write(std::string(1, static_cast<char>(table)).append(15, 'c').append(1, id), false);
    }
    ASSERT_TRUE(memory.Commit(writes, {}).ok());
    ASSERT_TRUE((*rocks)->Commit(writes, {}).ok());
    if (commit % 50 == 49) {
      rocks->reset();
      rocks = OpenRocksStore({.directory = directory / "db", .reserve_bytes = 0});
      ASSERT_TRUE(rocks.ok()) << rocks.status();
    }
    const std::string key = draw_key();
    std::string of_memory, of_rocks;
    ASSERT_EQ(*memory.Get(key, &of_memory), *(*rocks)->Get(key, &of_rocks)) << commit;
    ASSERT_EQ(of_memory, of_rocks) << commit;
    ASSERT_EQ(scan(memory, {}, {}), scan(**rocks, {}, {})) << commit;
    const std::string prefix = draw_key().substr(0, below(23));
    const std::string after = below(2) == 0 ? draw_key() : std::string();
    ASSERT_EQ(scan(memory, prefix, after), scan(**rocks, prefix, after)) << commit;
  }
  EXPECT_GT(filed, 100);
}

INSTANTIATE_TEST_SUITE_P(Every, RowStoreTest, ::testing::Values(Kind::kMemory, Kind::kRocks),
                         [](const auto& made) { return made.param == Kind::kMemory ? "Memory" : "Rocks"; });

}  // namespace
}  // namespace alcove::storage
