#include "client/lib/attachments.h"

#include <fstream>

#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

class Attachments : public ::testing::Test {
 protected:
  void SetUp() override {
    path = ::testing::TempDir() + "/attachment-" + std::to_string(getpid()) + ".jpg";
    content = "\xFF\xD8\xFF\xE1 Exif " + crypto::SystemRandom().Draw(700000);
    std::ofstream(path, std::ios::binary) << content;
    ASSERT_TRUE(reporter.Start().ok());
    ASSERT_TRUE(reporter.Plan().ok());
    auto prepared = PrepareFile(path, 110000000, crypto::SystemRandom());
    ASSERT_TRUE(prepared.ok()) << prepared.status();
    file = *prepared;
    *reporter.report.add_attachments() = file.attachment;
    reporter.blobs = {file.blob};
    ASSERT_TRUE(reporter.Submit().ok());
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    session.emplace(*SignIn(*reporter.connection, reporter.directory, "mailboxes/x", crypto::SigningKey::Draw(crypto::SystemRandom())));
  }
  void TearDown() override { std::remove(path.c_str()); }
  absl::Status Send() { return Upload(*reporter.connection, *session, file, 131072, [](uint64_t, uint64_t) {}); }
  absl::Status Get(std::string* into) {
    return FetchAttachment(*reporter.connection, *session, file.attachment, file.blob,
                           [&](std::string_view piece) {
                             *into += piece;
                             return absl::OkStatus();
                           },
                           [](uint64_t, uint64_t) {});
  }

  std::string path, content;
  Impostor impostor{kToday};
  Reporter reporter{impostor};
  PreparedFile file;
  std::optional<Session> session;
};

TEST_F(Attachments, ComeBackAsTheyWere) {
  ASSERT_TRUE(Send().ok());
  std::string back;
  ASSERT_TRUE(Get(&back).ok());
  EXPECT_EQ(back, content);
  EXPECT_EQ(impostor.blobs[file.blob.blob()].find("Exif"), std::string::npos);
}

TEST_F(Attachments, GoOnAfterABrokenLineInAnotherRun) {
  int parts = 0;
  impostor.hooks.write_part = [&](const v1::WriteBlobPartRequest&) {
    return ++parts > 2 ? grpc::Status(grpc::StatusCode::INTERNAL, "gone") : grpc::Status::OK;
  };
  EXPECT_FALSE(Send().ok());
  const size_t there = impostor.blobs[file.blob.blob()].size();
  EXPECT_EQ(there, 2u * 131072);
  impostor.hooks.write_part = nullptr;
  // Another run: the file is prepared again from what the sealed entry says.
  auto again = PrepareAgain(path, file.attachment, file.blob);
  ASSERT_TRUE(again.ok()) << again.status();
  file = *again;
  uint64_t first = 0;
  ASSERT_TRUE(Upload(*reporter.connection, *session, file, 131072, [&](uint64_t done, uint64_t) {
                if (first == 0) first = done;
              }).ok());
  EXPECT_EQ(first, there);
  std::string back;
  ASSERT_TRUE(Get(&back).ok());
  EXPECT_EQ(back, content);
}

TEST_F(Attachments, AnotherFileIsNotTheOneThatWasBegun) {
  std::ofstream(path, std::ios::binary) << "something else";
  EXPECT_EQ(Reason(PrepareAgain(path, file.attachment, file.blob).status()), "ATTACHMENT_INVALID");
}

TEST_F(Attachments, AChangedOrShortenedBlobIsRefused) {
  ASSERT_TRUE(Send().ok());
  impostor.hooks.read_part = [](v1::ReadBlobPartResponse& answer) {
    std::string& data = *answer.mutable_data();
    if (!data.empty()) data[data.size() / 2] = static_cast<char>(data[data.size() / 2] ^ 1);
  };
  std::string back;
  EXPECT_EQ(Reason(Get(&back)), "ATTACHMENT_INVALID");
  impostor.hooks.read_part = nullptr;
  impostor.blobs[file.blob.blob()].resize(131072);
  EXPECT_EQ(Reason(Get(&back)), "ATTACHMENT_MISSING");
}

TEST_F(Attachments, FormatsThatCarryTheirAuthorAreNamed) {
  EXPECT_NE(file.warnings.at(0).find("EXIF"), std::string::npos);
  EXPECT_FALSE(MetadataWarnings("minutes.DOCX", "PK").empty());
  EXPECT_FALSE(MetadataWarnings("scan.pdf", "%PDF-1.7").empty());
  EXPECT_FALSE(MetadataWarnings("no-extension", "\xFF\xD8\xFF\xE0").empty());
  EXPECT_TRUE(MetadataWarnings("notes.txt", "plain").empty());
  EXPECT_EQ(file.attachment.file_name().find('/'), std::string::npos);
}

}  // namespace
}  // namespace alcove::client::test
