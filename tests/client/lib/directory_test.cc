#include "client/lib/directory.h"

#include "crypto/encoding.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

TEST(DirectoryCheck, AcceptsWhatTwoRootHoldersSigned) {
  Impostor impostor(kToday);
  auto connection = impostor.Connect();
  const auto directory = FetchDirectory(*connection, nullptr, kToday);
  ASSERT_TRUE(directory.ok()) << directory.status();
  EXPECT_NE(directory->Find("ana"), nullptr);
  EXPECT_TRUE(directory->warnings.empty());
}

TEST(DirectoryCheck, RefusesOneSignatureTooFew) {
  Impostor impostor(kToday);
  impostor.SignDirectory(1);
  auto connection = impostor.Connect();
  EXPECT_EQ(Reason(FetchDirectory(*connection, nullptr, kToday).status()), "DIRECTORY_INVALID");
}

TEST(DirectoryCheck, RefusesAnExpiredOneAndWarnsThirtyDaysBefore) {
  Impostor impostor(kToday);
  auto connection = impostor.Connect();
  EXPECT_TRUE(FetchDirectory(*connection, nullptr, kToday.PlusDays(29))->warnings.empty());
  EXPECT_FALSE(FetchDirectory(*connection, nullptr, kToday.PlusDays(30))->warnings.empty());
  EXPECT_TRUE(FetchDirectory(*connection, nullptr, kToday.PlusDays(60)).ok());
  EXPECT_EQ(Reason(FetchDirectory(*connection, nullptr, kToday.PlusDays(61)).status()), "DIRECTORY_EXPIRED");
  EXPECT_EQ(Reason(FetchDirectory(*connection, nullptr, kToday.PlusDays(-2)).status()), "DIRECTORY_EXPIRED");
}

TEST(DirectoryCheck, RefusesAnotherOrganisationsDirectory) {
  Impostor impostor(kToday), other(kToday);
  impostor.directory_note = other.directory_note;
  auto connection = impostor.Connect();
  EXPECT_EQ(Reason(FetchDirectory(*connection, nullptr, kToday).status()), "DIRECTORY_INVALID");
}

TEST(DirectoryCheck, StaffWhoRememberRefuseAnOlderAndAForkedDirectory) {
  Impostor impostor(kToday);
  auto connection = impostor.Connect();
  Memory memory;
  const auto first = FetchDirectory(*connection, &memory, kToday);
  ASSERT_TRUE(first.ok());
  const std::string old_note = impostor.directory_note;
  const format::Directory old_directory = impostor.directory();

  // A fork: the same version, another text.
  impostor.directory().people.front().name = "Ana Somebody Else";
  impostor.SignDirectory();
  EXPECT_EQ(Reason(FetchDirectory(*connection, &memory, kToday).status()), "DIRECTORY_FORKED");

  // The next version is taken, and then the old one is refused.
  impostor.directory() = old_directory;
  impostor.directory().version = 2;
  impostor.directory().previous = first->note.hash;
  impostor.SignDirectory();
  ASSERT_TRUE(FetchDirectory(*connection, &memory, kToday).ok());
  impostor.directory_note = old_note;
  EXPECT_EQ(Reason(FetchDirectory(*connection, &memory, kToday).status()), "DIRECTORY_OLDER");
  // Without memory the same note passes: the stated limit.
  EXPECT_TRUE(FetchDirectory(*connection, nullptr, kToday).ok());
}

TEST(DirectoryCheck, RefusesKeysThatProtectNothing) {
  Impostor impostor(kToday);
  // A root-signed directory that lists an all-zero key, written past the layout's own refusal.
  const std::string good = crypto::Base64Encode(impostor.directory().people.front().devices.front().encryption.view());
  std::string text = *format::DirectoryText(impostor.directory());
  text.replace(text.find(good), good.size(), crypto::Base64Encode(std::string(32, '\0')));
  impostor.directory_note = impostor.SignedByRoots(text);
  Reporter reporter(impostor);
  absl::Status status = reporter.Start();
  if (status.ok()) status = reporter.Plan();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(MemoryFile, IsPrivateAndDamageIsNotForgotten) {
  const std::string path = ::testing::TempDir() + "/memory-" + std::to_string(getpid());
  std::remove(path.c_str());
  EXPECT_TRUE(ReadMemory(path)->directory_note.empty());
  ASSERT_TRUE(WriteMemory(path, {"a note", "a checkpoint"}).ok());
  EXPECT_EQ(ReadMemory(path)->checkpoint_note, "a checkpoint");
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fputs("{}", file);
  std::fclose(file);
  EXPECT_EQ(Reason(ReadMemory(path).status()), "INPUT_INVALID");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace alcove::client::test
