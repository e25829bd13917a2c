#include "server/storage/seal.h"

#include <gtest/gtest.h>

#include "server/storage/errors.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

class SealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Vault::Create(rows_, kek_, organisation_, crypto::SystemRandom()).ok());
    auto opened = Vault::Open(rows_, kek_, crypto::SystemRandom());
    ASSERT_TRUE(opened.ok()) << opened.status();
    vault_ = *std::move(opened);
  }

  MemoryStore rows_;
  const crypto::SymmetricKey kek_ = crypto::SymmetricKey::Draw(crypto::SystemRandom());
  const base::OrganisationId organisation_ = Draw<base::OrganisationId>();
  std::unique_ptr<Vault> vault_;
};

TEST_F(SealTest, ANewStoreKnowsItsOrganisationAndIsNotMadeTwice) {
  EXPECT_EQ(vault_->organisation(), organisation_);
  EXPECT_EQ(Vault::Create(rows_, kek_, organisation_, crypto::SystemRandom()).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(SealTest, AnotherKekIsRefusedByName) {
  const crypto::SymmetricKey other = crypto::SymmetricKey::Draw(crypto::SystemRandom());
  EXPECT_EQ(Vault::Open(rows_, other, crypto::SystemRandom()).status(), WrongKek());
}

TEST_F(SealTest, EveryFlippedBitIsRefused) {
  const RowKey key = *vault_->KeyFor(base::Table::kMailbox, std::string(16, 'm'));
  std::string content = "routing facts";
  std::string sealed;
  vault_->Seal(*key, "disk key", &content, &sealed);
  const auto opened = vault_->Open(base::Table::kMailbox, *key, "disk key", sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(*Vault::Content(*opened), "routing facts");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(vault_->Open(base::Table::kMailbox, *key, "disk key", changed).ok()) << bit;
  }
}

TEST_F(SealTest, AnotherKeyOnDiskIsRefused) {
  const RowKey key = *vault_->KeyFor(base::Table::kMailbox, std::string(16, 'm'));
  std::string content = "x";
  std::string sealed;
  vault_->Seal(*key, "disk key", &content, &sealed);
  EXPECT_FALSE(vault_->Open(base::Table::kMailbox, *key, "disk kez", sealed).ok());
}

TEST_F(SealTest, SmallRecordsAreAllOneSize) {
  const RowKey key = *vault_->KeyFor(base::Table::kMailbox, std::string(16, 'm'));
  for (std::size_t size = 0; size < 128; ++size) {
    std::string content(size, 'x');
    std::string sealed;
    vault_->Seal(*key, "k", &content, &sealed);
    EXPECT_EQ(sealed.size(), 128 + crypto::kSealOverhead) << size;
  }
}

TEST_F(SealTest, TheSameContentNeverSealsAlikeAndItsVersionDiffers) {
  const RowKey key = *vault_->KeyFor(base::Table::kMailbox, std::string(16, 'm'));
  std::string one;
  std::string two;
  std::string content = "same";
  vault_->Seal(*key, "k", &content, &one);
  content = "same";
  vault_->Seal(*key, "k", &content, &two);
  EXPECT_NE(base::RowVersion(one), base::RowVersion(two));
}

TEST_F(SealTest, ACaseKeyIsGoneWithItsRow) {
  const std::string case_id(16, 'c');
  std::string disk_key;
  ASSERT_TRUE(vault_->keys().Append(base::Table::kCaseKey, case_id, &disk_key).ok());
  EXPECT_EQ(*vault_->KeyFor(base::Table::kCase, case_id), nullptr);
  std::string wrapped;
  const RowKey drawn = vault_->DrawCaseKey(disk_key, &wrapped);
  EXPECT_EQ(*vault_->KeyFor(base::Table::kCase, case_id), nullptr) << "a key that is not durable was used";

  const RowWrite put{disk_key, wrapped};
  ASSERT_TRUE(rows_.Commit({&put, 1}, {}).ok());
  EXPECT_TRUE(crypto::ConstantTimeEquals((*vault_->KeyFor(base::Table::kCase, case_id))->expose(), drawn->expose()));

  const RowWrite remove{disk_key, {}, true};
  ASSERT_TRUE(rows_.Commit({&remove, 1}, {}).ok());
  vault_->Forget(case_id);
  EXPECT_EQ(*vault_->KeyFor(base::Table::kCase, case_id), nullptr);
}

TEST_F(SealTest, AWrappedKeyMovedToAnotherCaseIsRefused) {
  std::string from;
  std::string to;
  ASSERT_TRUE(vault_->keys().Append(base::Table::kCaseKey, std::string(16, 'c'), &from).ok());
  ASSERT_TRUE(vault_->keys().Append(base::Table::kCaseKey, std::string(16, 'd'), &to).ok());
  std::string wrapped;
  (void)vault_->DrawCaseKey(from, &wrapped);
  EXPECT_TRUE(vault_->Unwrap(from, wrapped).ok());
  EXPECT_FALSE(vault_->Unwrap(to, wrapped).ok());
}

TEST_F(SealTest, OldCaseKeysStayReachableWhenManyAreInUse) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5000; ++i) {
    const std::string id = crypto::SystemRandom().Draw(16);
    std::string disk_key;
    ASSERT_TRUE(vault_->keys().Append(base::Table::kCaseKey, id, &disk_key).ok());
    std::string wrapped;
    const RowKey key = vault_->DrawCaseKey(disk_key, &wrapped);
    const RowWrite put{disk_key, wrapped};
    ASSERT_TRUE(rows_.Commit({&put, 1}, {}).ok());
    vault_->Keep(id, key);
    ids.push_back(id);
  }
  for (const std::string& id : ids) ASSERT_NE(*vault_->KeyFor(base::Table::kCase, id), nullptr);
}

TEST_F(SealTest, KeysOnDiskNameNobody) {
  const std::string row_key = base::RowKey(*base::StaffSlug::Parse("amira"), Draw<base::CaseId>());
  std::string disk_key;
  ASSERT_TRUE(vault_->keys().Append(base::Table::kMembership, row_key, &disk_key).ok());
  EXPECT_EQ(disk_key.find("amira"), std::string::npos);
  EXPECT_EQ(disk_key.size(), 1U + 16U + 16U);
  EXPECT_TRUE(disk_key.ends_with(row_key.substr(6)));

  std::string prefix;  // all of one person's rows stay together
  ASSERT_TRUE(vault_->keys().AppendPrefix(base::Table::kMembership, row_key.substr(0, 6), &prefix).ok());
  EXPECT_TRUE(disk_key.starts_with(prefix));
  std::string elsewhere;
  ASSERT_TRUE(vault_->keys().AppendPrefix(base::Table::kRefusal, row_key.substr(0, 6), &elsewhere).ok());
  EXPECT_NE(elsewhere.substr(1), prefix.substr(1)) << "one person is recognised across tables";
}

TEST_F(SealTest, KeysOfTheWrongShapeAreFaults) {
  std::string out;
  EXPECT_FALSE(vault_->keys().Append(base::Table::kCase, "short", &out).ok());
  EXPECT_FALSE(vault_->keys().Append(base::Table::kMembership, "", &out).ok());
  EXPECT_FALSE(vault_->keys().Append(base::Table::kMembership, "\x09tooshort", &out).ok());
  EXPECT_FALSE(vault_->keys().Append(static_cast<base::Table>(200), "", &out).ok());
}

}  // namespace
}  // namespace alcove::storage
