#include "server/app/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "server/app/init.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

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
  const auto made = MakeKeys(folder_ / "keys", crypto::SystemRandom());
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

TEST_F(Keys, AnyKeyThatIsThereStopsMakingAllOfThem) {
  for (const KeyKind kind : {KeyKind::kKek, KeyKind::kLog, KeyKind::kTag}) {
    const fs::path keys = folder_ / KeyFileName(kind);
    fs::create_directory(keys);
    std::ofstream(keys / KeyFileName(kind)) << "mine";
    EXPECT_TRUE(absl::IsAlreadyExists(MakeKeys(keys, crypto::SystemRandom()).status()));
    EXPECT_EQ(std::distance(fs::directory_iterator(keys), fs::directory_iterator()), 1);
  }
}

TEST_F(Keys, EveryDamageIsRefusedAndNamesTheFile) {
  const fs::path kek = folder_ / "keys" / "kek.key";
  ASSERT_TRUE(MakeKeys(folder_ / "keys", crypto::SystemRandom()).ok());
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
  const auto files = MakeKeys(folder_ / "keys", crypto::SystemRandom());
  const auto others = MakeKeys(folder_ / "credentials", crypto::SystemRandom());
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

TEST_F(Keys, ALinkIsNoKey) {
  ASSERT_TRUE(MakeKeys(folder_ / "keys", crypto::SystemRandom()).ok());
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

}  // namespace
}  // namespace alcove::app
