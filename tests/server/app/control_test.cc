#include "server/app/control.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "server/app/data_lock.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

class ControlSocket : public testing::Test {
 protected:
  ControlSocket() {
    std::string name = (fs::temp_directory_path() / "alcove-control-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    // Longer than an address of a socket may be.
    folder_ /= std::string(120, 'd');
    fs::create_directories(folder_);
  }
  ~ControlSocket() override { fs::remove_all(folder_.parent_path()); }
  fs::path folder_;
};

TEST_F(ControlSocket, CarriesTheTargetAndBringsBackTheAnswer) {
  std::string asked;
  absl::Status answer;
  {
    bool shred = false;
    const auto lock = DataLock::Take(folder_);
    ASSERT_TRUE(lock.ok()) << lock.status();
    const auto control = Control::Open(**lock, {.backup =
                                                     [&](const std::string& target) {
                                                       asked = target;
                                                       return answer;
                                                     },
                                                 .shred =
                                                     [&] {
                                                       shred = true;
                                                       return answer;
                                                     }});
    ASSERT_TRUE(control.ok()) << control.status();
    EXPECT_TRUE(AskForBackup(folder_, "/a path/with spaces").ok());
    EXPECT_EQ(asked, "/a path/with spaces");
    EXPECT_FALSE(shred);
    EXPECT_TRUE(AskForShredding(folder_).ok());
    EXPECT_TRUE(shred);
    answer = absl::InternalError("no room");
    EXPECT_EQ(AskForShredding(folder_).message(), "no room");
    EXPECT_EQ(AskForBackup(folder_, "/b").message(), "no room");
  }
  EXPECT_FALSE(fs::exists(folder_ / "control"));
  EXPECT_TRUE(absl::IsUnavailable(AskForBackup(folder_, "/c")));
}

// The name may stand for another directory by then: nothing appears there.
TEST_F(ControlSocket, StandsInTheDirectoryThatIsLockedWhereverItWasMoved) {
  const auto lock = DataLock::Take(folder_);
  ASSERT_TRUE(lock.ok()) << lock.status();
  const fs::path moved = folder_.parent_path() / "moved";
  fs::rename(folder_, moved);
  fs::create_directory(folder_);
  {
    const auto control = Control::Open(**lock, {.backup = [](const std::string&) { return absl::OkStatus(); }, .shred = [] { return absl::OkStatus(); }});
    ASSERT_TRUE(control.ok()) << control.status();
    EXPECT_TRUE(AskForBackup(moved, "/a").ok());
    EXPECT_TRUE(absl::IsUnavailable(AskForBackup(folder_, "/a")));
    EXPECT_TRUE(fs::is_empty(folder_));
  }
  EXPECT_FALSE(fs::exists(moved / "control"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ControlSocket, ALockIsHeldByOne) {
  {
    const auto first = DataLock::Take(folder_);
    ASSERT_TRUE(first.ok());
    EXPECT_TRUE(absl::IsFailedPrecondition(DataLock::Take(folder_).status()));
  }
  EXPECT_TRUE(DataLock::Take(folder_).ok());
}

}  // namespace
}  // namespace alcove::app
