#include "server/storage/mark.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "server/storage/errors.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

class MarkTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Mark::Create(path_, kek_, {0, 0, first_}).ok()); }
  void Overwrite(std::streamoff at, const std::string& bytes) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_ / "mark";
  const crypto::SymmetricKey kek_ = crypto::SymmetricKey::Draw(crypto::SystemRandom());
  const crypto::Digest first_ = Draw<crypto::Digest>();
};

TEST_F(MarkTest, KeepsTheNewestStateAcrossReopens) {
  for (std::uint64_t group = 1; group <= 5; ++group) {
    auto mark = Mark::Open(path_, kek_);
    ASSERT_TRUE(mark.ok()) << mark.status();
    EXPECT_EQ((*mark)->state().group, group - 1);
    ASSERT_TRUE((*mark)->Advance({group, group * 10, first_}).ok());
    EXPECT_EQ((*mark)->state(), (MarkState{group, group * 10, first_}));
  }
}

TEST_F(MarkTest, IsForItsOwnerOnlyAndNotMadeTwice) {
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(Mark::Create(path_, kek_, {}).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(MarkTest, ATornWriteFallsBackToTheStateBefore) {
  {
    auto mark = *Mark::Open(path_, kek_);
    ASSERT_TRUE(mark->Advance({1, 10, first_}).ok());  // second slot
    ASSERT_TRUE(mark->Advance({2, 20, first_}).ok());  // first slot
  }
  Overwrite(30, "torn");
  auto mark = Mark::Open(path_, kek_);
  ASSERT_TRUE(mark.ok());
  EXPECT_EQ((*mark)->state().group, 1U);
  ASSERT_TRUE((*mark)->Advance({3, 30, first_}).ok());  // goes over the torn slot, not over the good one
  EXPECT_EQ((*Mark::Open(path_, kek_))->state().group, 3U);
}

TEST_F(MarkTest, BothSlotsSpoiledOrAnotherKeyIsDamage) {
  EXPECT_EQ(Mark::Open(path_, crypto::SymmetricKey::Draw(crypto::SystemRandom())).status(), MarkDamaged());
  Overwrite(8, "x");
  EXPECT_EQ(Mark::Open(path_, kek_).status(), MarkDamaged());
}

TEST_F(MarkTest, AMissingMarkIsNamed) {
  EXPECT_EQ(Mark::Open(directory_ / "none", kek_).status(), MarkMissing());
}

}  // namespace
}  // namespace alcove::storage
