// Clause 1.9 against a real server on a disk of its own that fills up: writes are refused with RESOURCE_EXHAUSTED,
// reporters read on, staff do not (their leaf could not be written), and service goes on by itself once there is room.
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "crypto/format/envelope.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

namespace fs = std::filesystem;

class P9_Durable_OnAFullDisk : public Scene {
 protected:
  void TearDown() override {
    if (!mounted_) return;
    server_.reset();
    umount2(data().c_str(), MNT_DETACH);
  }
  // The data directory moves to a small disk of its own.
  bool Shrink() {
    const std::string kept = folder() + "/kept";
    fs::rename(data(), kept);
    fs::create_directory(data());
    mounted_ = mount("tmpfs", data().c_str(), "tmpfs", 0, "size=160m,mode=0700") == 0;
    if (mounted_) fs::copy(kept, data(), fs::copy_options::recursive);
    return mounted_;
  }
  std::string Ballast() const { return data() + "/ballast"; }

 private:
  bool mounted_ = false;
};

TEST_F(P9_Durable_OnAFullDisk, WritesAreRefusedReportersReadOnAndServiceComesBackByItself) {
  if (geteuid() != 0) GTEST_SKIP() << "SKIPPED LOUDLY: only root mounts a small disk";
  if (!Shrink()) GTEST_SKIP() << "SKIPPED LOUDLY: no tmpfs can be mounted here";
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Before the disk was full.", .struck_out = {"staff/investigator-b"}});
  ASSERT_TRUE(filed);
  support::Reporter reporter(world(), channel_);
  const auto waiting = reporter.Prepare("While the disk is full.");
  ASSERT_TRUE(waiting.ok());
  {
    std::ofstream ballast(Ballast(), std::ios::binary);
    const std::string megabyte(1 << 20, 'b');
    for (int i = 0; i < 160 && ballast; ++i) ballast << megabyte << std::flush;
  }

  const Heard refused = Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, waiting->request);
  EXPECT_EQ(refused.reason, "STORE_FULL") << refused;
  EXPECT_EQ(refused.code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  const auto envelope = format::ParseEnvelope(filed->filing.request.entry().envelope());
  v1::SendMessageRequest send;
  send.set_request_id(support::DrawRequestId());
  send.mutable_entry()->set_envelope(Message(filed->filing, filed->filing.signing, "x", 1, format::EntryHash(*envelope)));
  const std::string token = SignedIn(filed->filing);
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, send, token).reason, "STORE_FULL");

  // Reporters read on.
  const auto read = reporter.ReadBack(filed->filing);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, "Before the disk was full.");
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, token).reason, "OK");
  // Staff do not, not even to hear that there is nothing.
  const std::string staff = SignedIn("investigator-a");
  v1::ListEntriesRequest entries;
  entries.set_parent(filed->name());
  entries.set_keyring(v1::KEYRING_THREAD);
  v1::ListEntriesResponse page;
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListEntries, entries, staff, &page).reason, "STORE_FULL");
  EXPECT_EQ(page.entries_size(), 0);
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, staff).reason, "STORE_FULL");
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListEntries, entries, SignedIn("auditor")).reason, "STORE_FULL");
  EXPECT_TRUE(server_->running());

  // Room again: nothing is restarted.
  fs::remove(Ballast());
  std::string reason;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (reason != "OK" && std::chrono::steady_clock::now() < end) {
    reason = Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, waiting->request).reason;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_EQ(reason, "OK") << Log();
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListEntries, entries, staff).reason, "OK");
  const auto late = reporter.ReadBack(*waiting);
  EXPECT_TRUE(late.ok()) << late.status();
  EXPECT_NE(Log().find("event=store_full"), std::string::npos);
  EXPECT_EQ(server_->Terminate(), 0) << Log();
  EXPECT_NE(Log().find("event=store_resumed"), std::string::npos);
  EXPECT_EQ(support::Run({ALCOVED, "check", "--config", world().configuration_path()}, folder() + "/check.log"), 0);
}

}  // namespace
}  // namespace alcove::promises
