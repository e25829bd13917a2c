// One suite for every RowStore.
#include "server/storage/row_store.h"

#include <gtest/gtest.h>

#include <thread>
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

INSTANTIATE_TEST_SUITE_P(Every, RowStoreTest, ::testing::Values(Kind::kMemory, Kind::kRocks),
                         [](const auto& made) { return made.param == Kind::kMemory ? "Memory" : "Rocks"; });

}  // namespace
}  // namespace alcove::storage
