#include "server/app/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "crypto/format/organisation.h"
#include "server/app/init.h"
#include "server/app/key_export.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

const base::OrganisationId kOrganisation = *base::OrganisationId::FromBytes(std::string(16, 'o'));

class Keys : public testing::Test {
 protected:
  Keys() {
    std::string name = (fs::temp_directory_path() / "alcove-keys-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Keys() override { fs::remove_all(folder_); }

  std::string Error(const absl::Status& status) { return std::string(status.message().data(), status.message().size()); }

  fs::path folder_;
};

TEST_F(Keys, AreReadAsTheyWereMadeAndClosedToOthers) {
  const auto made = MakeKeys(folder_ / "keys", kOrganisation, crypto::SystemRandom());
  ASSERT_TRUE(made.ok()) << made.status();
  const auto read = ReadKeys({folder_ / "keys", std::nullopt});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(made->log_key.verify_key(), read->log_key.verify_key());
  EXPECT_TRUE(crypto::ConstantTimeEquals(made->kek.expose(), read->kek.expose()));
  for (const KeyKind kind : {KeyKind::kKek, KeyKind::kLog, KeyKind::kTag}) {
    struct stat about {};
    ASSERT_EQ(stat((folder_ / "keys" / KeyFileName(kind)).c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
  }
  struct stat directory {};
  ASSERT_EQ(stat((folder_ / "keys").c_str(), &directory), 0);
  EXPECT_EQ(directory.st_mode & 0777, 0700U);
}

TEST_F(Keys, TheNextLogKeyIsReadBesideTheOldOneAndOverwritesNothing) {
  const fs::path keys = folder_ / "keys";
  ASSERT_TRUE(MakeKeys(keys, kOrganisation, crypto::SystemRandom()).ok());
  EXPECT_FALSE(ReadKeys({keys, std::nullopt})->next_log_key.has_value());
  const auto next = MakeNextLogKey(keys, crypto::SystemRandom());
  ASSERT_TRUE(next.ok()) << next.status();
  const auto read = ReadKeys({keys, std::nullopt});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->next_log_key->verify_key(), *next);
  EXPECT_NE(read->log_key.verify_key(), *next);
  EXPECT_TRUE(absl::IsAlreadyExists(MakeNextLogKey(keys, crypto::SystemRandom()).status()));
  ASSERT_EQ(chmod((keys / "log.next.key").c_str(), 0640), 0);
  EXPECT_NE(Error(ReadKeys({keys, std::nullopt}).status()).find("log.next.key"), std::string::npos);
}

TEST_F(Keys, AnyKeyThatIsThereStopsMakingAllOfThem) {
  for (const KeyKind kind : {KeyKind::kKek, KeyKind::kLog, KeyKind::kTag}) {
    const fs::path keys = folder_ / KeyFileName(kind);
    fs::create_directory(keys);
    std::ofstream(keys / KeyFileName(kind)) << "mine";
    EXPECT_TRUE(absl::IsAlreadyExists(MakeKeys(keys, kOrganisation, crypto::SystemRandom()).status()));
    EXPECT_EQ(std::distance(fs::directory_iterator(keys), fs::directory_iterator()), 1);
  }
}

TEST_F(Keys, EveryDamageIsRefusedAndNamesTheFile) {
  const fs::path kek = folder_ / "keys" / "kek.key";
  ASSERT_TRUE(MakeKeys(folder_ / "keys", kOrganisation, crypto::SystemRandom()).ok());
  const auto good = ReadFile(kek, 256);
  ASSERT_TRUE(good.ok());
  const auto with = [&](const std::string& text) {
    std::ofstream(kek, std::ios::trunc) << text;
    return ReadKeys({folder_ / "keys", std::nullopt}).status();
  };
  const std::string line = *good;
  for (const std::string& bad : {std::string(), std::string("\n"), line.substr(0, line.size() - 1), line + line,
                                 line.substr(0, 20) + "\n", "alcove.tag.v1" + line.substr(13), "x" + line,
                                 line.substr(0, 14) + "!" + line.substr(15)}) {
    const absl::Status status = with(bad);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << bad;
    EXPECT_NE(Error(status).find(kek.string()), std::string::npos) << status;
    EXPECT_EQ(Error(status).find(line.substr(14, 20)), std::string::npos) << "the key itself is in the message";
  }
  EXPECT_TRUE(with(line).ok()) << "control";
}

TEST_F(Keys, ACredentialComesBeforeTheFileAndMayShowARightOfTheGroup) {
  const auto files = MakeKeys(folder_ / "keys", kOrganisation, crypto::SystemRandom());
  const auto others = MakeKeys(folder_ / "credentials", kOrganisation, crypto::SystemRandom());
  ASSERT_TRUE(files.ok() && others.ok());
  fs::remove(folder_ / "credentials" / "kek.key");
  ASSERT_EQ(chmod((folder_ / "credentials" / "log.key").c_str(), 0440), 0);
  const auto read = ReadKeys({folder_ / "keys", folder_ / "credentials"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->log_key.verify_key(), others->log_key.verify_key());
  EXPECT_TRUE(crypto::ConstantTimeEquals(read->kek.expose(), files->kek.expose()));
  ASSERT_EQ(chmod((folder_ / "credentials" / "log.key").c_str(), 0444), 0);
  EXPECT_FALSE(ReadKeys({folder_ / "keys", folder_ / "credentials"}).ok());
}

TEST_F(Keys, AKekSaysWhoseItIsAndHowManyThereHaveBeen) {
  const auto made = MakeKeys(folder_ / "keys", kOrganisation, crypto::SystemRandom());
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(ReadKeys({folder_ / "keys", std::nullopt})->kek_facts.organisation, kOrganisation);
  EXPECT_EQ(ReadKeys({folder_ / "keys", std::nullopt})->kek_facts.epoch, 1U);
  ASSERT_TRUE(MakeNextKek(folder_ / "keys", kOrganisation, 2, crypto::SystemRandom()).ok());
  const auto next = ReadKeysWithNextKek({folder_ / "keys", std::nullopt});
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->kek_facts.epoch, 2U);
  EXPECT_FALSE(crypto::ConstantTimeEquals(next->kek.expose(), made->kek.expose()));
  EXPECT_EQ(next->log_key.verify_key(), made->log_key.verify_key());
  EXPECT_TRUE(absl::IsAlreadyExists(MakeNextKek(folder_ / "keys", kOrganisation, 2, crypto::SystemRandom())));

  // Files of before have the key alone; half of the rest is none.
  const fs::path kek = folder_ / "keys" / "kek.key";
  const std::string line = *ReadFile(kek, 256);
  const auto with = [&](const std::string& text) {
    std::ofstream(kek, std::ios::trunc) << text;
    return ReadKeys({folder_ / "keys", std::nullopt});
  };
  const std::string alone = line.substr(0, line.find(' ', 14));
  ASSERT_TRUE(with(alone + "\n").ok());
  EXPECT_FALSE(with(alone + "\n")->kek_facts.organisation);
  for (const char* rest : {" 1", " 0 " , " x aaaaaaaaaaaaaaaaaaaaaaaaaa", " 1 short", " -1 aaaaaaaaaaaaaaaaaaaaaaaaaa"})
    EXPECT_FALSE(with(alone + rest + "\n").ok()) << rest;
}

TEST_F(Keys, ADestroyedFileIsOverwrittenBeforeItGoes) {
  const fs::path file = folder_ / "secret";
  ASSERT_TRUE(WriteNewFile(file, "the old key").ok());
  // A second name of the same file shows what became of the bytes.
  fs::create_hard_link(file, folder_ / "witness");
  EXPECT_EQ(*ReadFile(folder_ / "witness", 64), "the old key") << "control";
  ASSERT_TRUE(DestroyFile(file, crypto::SystemRandom()).ok());
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(*ReadFile(folder_ / "witness", 64), std::string(11, '\0'));
  EXPECT_TRUE(DestroyFile(file, crypto::SystemRandom()).ok()) << "twice is once";
}

TEST_F(Keys, ALinkIsNoKey) {
  ASSERT_TRUE(MakeKeys(folder_ / "keys", kOrganisation, crypto::SystemRandom()).ok());
  fs::rename(folder_ / "keys" / "kek.key", folder_ / "elsewhere");
  fs::create_symlink(folder_ / "elsewhere", folder_ / "keys" / "kek.key");
  EXPECT_FALSE(ReadKeys({folder_ / "keys", std::nullopt}).ok());
}

TEST_F(Keys, ADataDirectoryThatOthersEnterIsRefused) {
  ASSERT_EQ(chmod(folder_.c_str(), 0700), 0);
  EXPECT_TRUE(CheckDataDirectory(folder_).ok());
  ASSERT_EQ(chmod(folder_.c_str(), 0750), 0);
  EXPECT_FALSE(CheckDataDirectory(folder_).ok());
  EXPECT_FALSE(CheckDataDirectory(folder_ / "missing").ok());
}

TEST_F(Keys, OfTokensAreMadeOnceForEachKindAndQuarterAndReadByWhatTheySay) {
  using format::TokenKind;
  const format::Quarter quarter = *format::Quarter::FromText("2026-Q4");
  const fs::path keys = folder_ / "keys";
  ASSERT_TRUE(MakeKeys(keys, kOrganisation, crypto::SystemRandom()).ok());
  EXPECT_TRUE(ReadTokenKeys({keys, std::nullopt})->all().empty()) << "a server without any";
  const auto employment = MakeTokenKey(keys, TokenKind::kEmployment, quarter, crypto::SystemRandom());
  const auto escrow = MakeTokenKey(keys, TokenKind::kEscrow, quarter, crypto::SystemRandom());
  ASSERT_TRUE(employment.ok() && escrow.ok()) << employment.status() << escrow.status();
  EXPECT_TRUE(absl::IsAlreadyExists(MakeTokenKey(keys, TokenKind::kEscrow, quarter, crypto::SystemRandom()).status()));
  const fs::path file = keys / "token.employment.2026-Q4.key";
  struct stat about {};
  ASSERT_EQ(stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  const auto read = ReadTokenKeys({keys, std::nullopt});
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->all().size(), 2u);
  for (const intake::HeldTokenKey& held : read->all()) {
    EXPECT_EQ(held.quarter, quarter);
    EXPECT_EQ(held.key.public_key(), held.kind == TokenKind::kEscrow ? *escrow : *employment);
  }

  // Two files that changed places, a name of nothing, an open file: each is refused and named.
  const auto refused = [&](const fs::path& which) {
    const absl::Status status = ReadTokenKeys({keys, std::nullopt}).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_NE(Error(status).find(which.string()), std::string::npos) << status;
  };
  const fs::path other = keys / "token.employment.2027-Q1.key";
  fs::rename(file, other);
  refused(other);
  fs::rename(other, keys / "token.friendship.2026-Q4.key");
  refused(keys / "token.friendship.2026-Q4.key");
  fs::rename(keys / "token.friendship.2026-Q4.key", file);
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  refused(file);
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_TRUE(ReadTokenKeys({keys, std::nullopt}).ok()) << "control";
}

TEST_F(Keys, OfTokensComeBackFromASafePlaceWithTheOthers) {
  const format::Quarter quarter = *format::Quarter::FromText("2026-Q4");
  const fs::path keys = folder_ / "keys", back = folder_ / "back";
  ASSERT_TRUE(MakeKeys(keys, kOrganisation, crypto::SystemRandom()).ok());
  format::OrganisationFile organisation;
  organisation.name = "Example Works";
  organisation.id = kOrganisation;
  organisation.address = "localhost:7443";
  organisation.roots.keys.push_back({"ruth", crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key()});
  organisation.roots.threshold = 1;
  const auto text = format::OrganisationText(organisation);
  ASSERT_TRUE(text.ok()) << text.status();
  ASSERT_TRUE(WriteNewFile(keys / "organisation", *text).ok());
  const crypto::SecretText passphrase("a passphrase for the safe");
  // With and without the next log key, so that lines are told apart by what they say.
  for (const bool replacing : {false, true}) {
    fs::remove_all(back);
    fs::remove(folder_ / "safe");
    if (replacing) {
      ASSERT_TRUE(MakeNextLogKey(keys, crypto::SystemRandom()).ok());
    }
    const auto kind = replacing ? format::TokenKind::kEscrow : format::TokenKind::kEmployment;
    ASSERT_TRUE(MakeTokenKey(keys, kind, quarter, crypto::SystemRandom()).ok());
    ASSERT_TRUE(ExportKeys({keys, std::nullopt}, folder_ / "safe", passphrase, crypto::SystemRandom()).ok());
    const absl::Status imported = ImportKeys(folder_ / "safe", back, passphrase);
    ASSERT_TRUE(imported.ok()) << imported;
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(keys)) {
      ++files;
      EXPECT_EQ(*ReadFile(entry.path(), 4096), *ReadFile(back / entry.path().filename(), 4096)) << entry.path();
    }
    EXPECT_EQ(files, replacing ? 7u : 5u);
  }
}

}  // namespace
}  // namespace alcove::app
