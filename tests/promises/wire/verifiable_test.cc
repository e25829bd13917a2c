// P6 against a real server: the leaf of a staff read is on the disk before its answer is on the wire, the proof of filing
// verifies, and the leaf is in the published tree after the cut.
#include <chrono>
#include <functional>
#include <thread>

#include "crypto/format/checkpoint.h"
#include "crypto/format/proof.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using format::LeafKind;

class P6_Verifiable_AfterAKill : public Scene {
 protected:
  std::size_t LeavesOf(LeafKind kind, const std::string& actor) const {
    std::size_t count = 0;
    const auto decoded = Decode();
    for (const format::Leaf& leaf : decoded->Leaves()) count += leaf.kind == kind && leaf.actor == actor ? 1U : 0U;
    return count;
  }
};

TEST_F(P6_Verifiable_AfterAKill, TheLeafOfEveryStaffReadIsThere) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const format::NamedBlob blob{format::DrawId<format::BlobId>(crypto::SystemRandom()), 3000};
  const auto filed = File({.narrative = "Read by one person.", .struck_out = {format::StaffName("investigator-b")}, .blobs = {blob}});
  ASSERT_TRUE(filed);
  {
    v1::WriteBlobPartRequest part;
    part.set_name(format::BlobName(blob.blob));
    part.set_data(std::string(3000, 'c'));
    ASSERT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, SignedIn(filed->filing)).reason, "OK");
  }
  const std::string reader = "investigator-a";
  const auto thread_only = [&](auto request) {
    request.set_keyring(v1::KEYRING_THREAD);
    return request;
  };
  const std::vector<std::pair<LeafKind, std::function<Heard(const std::string&)>>> reads{
      {LeafKind::kCaseOpened,
       [&](const std::string& token) {
         v1::OpenCaseRequest open = thread_only(v1::OpenCaseRequest());
         open.set_name(filed->name());
         return Ask(*cases_, &v1::CaseService::Stub::OpenCase, open, token);
       }},
      {LeafKind::kEntriesRead,
       [&](const std::string& token) {
         v1::ListEntriesRequest list = thread_only(v1::ListEntriesRequest());
         list.set_parent(filed->name());
         return Ask(*cases_, &v1::CaseService::Stub::ListEntries, list, token);
       }},
      {LeafKind::kBlobRead,
       [&](const std::string& token) {
         v1::ReadBlobPartRequest read;
         read.set_name(format::BlobName(blob.blob));
         return Ask(*blobs_, &v1::BlobService::Stub::ReadBlobPart, read, token);
       }},
      {LeafKind::kHistoryRead,
       [&](const std::string& token) {
         v1::ListHistoryRequest list;
         list.set_parent(filed->name());
         return Ask(*cases_, &v1::CaseService::Stub::ListHistory, list, token);
       }},
      {LeafKind::kCasesListed,
       [&](const std::string& token) { return Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, token); }},
      {LeafKind::kAccessRefused,
       [&](const std::string& token) {
         v1::GetCaseRequest get;
         get.set_name(format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom())));
         return Ask(*cases_, &v1::CaseService::Stub::GetCase, get, token);
       }},
  };
  for (const auto& [kind, read] : reads) {
    const std::string token = SignedIn(reader);
    EXPECT_EQ(LeavesOf(kind, reader), 0U) << "control: " << format::Name(kind) << " stood before the read";
    const Heard heard = read(token);
    Kill();
    EXPECT_EQ(heard.reason, kind == LeafKind::kAccessRefused ? "NOTHING_HERE" : "OK") << format::Name(kind);
    EXPECT_EQ(LeavesOf(kind, reader), 1U) << format::Name(kind);
    ASSERT_NO_FATAL_FAILURE(Start());
  }
  EXPECT_EQ(server_->Terminate(), 0);
  EXPECT_EQ(support::Run({ALCOVED, "check", "--config", world().configuration_path()}, folder() + "/check.log"), 0);
}

TEST_F(P6_Verifiable_AfterAKill, ThePromiseHoldsAndInclusionFollowsTheCut) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Promised."});
  ASSERT_TRUE(filed);
  Kill();
  ASSERT_NO_FATAL_FAILURE(Start());

  const auto promise = format::ParsePromise(filed->answer.promise().promise());
  ASSERT_TRUE(promise.ok()) << promise.status();
  EXPECT_TRUE(format::VerifyPromise(*promise, world().directory().log_key).ok());
  EXPECT_FALSE(format::VerifyPromise(*promise, world().organisation().roots.keys.front().key).ok()) << "control";
  const auto salt = format::LeafSalt::FromBytes(filed->answer.leaf().salt());
  ASSERT_TRUE(salt.ok());
  EXPECT_EQ(promise->commitment, format::LeafCommitment(*salt, filed->answer.leaf().content()));
  const auto leaf = format::ParseLeaf(filed->answer.leaf().content());
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->kind, LeafKind::kCaseFiled);
  EXPECT_EQ(leaf->actor, "");
  EXPECT_EQ(leaf->time, 0U);
  // It names nobody.
  for (const char* slug : {"investigator", "fallback", "escalation"})
    EXPECT_EQ(filed->answer.promise().promise().find(slug), std::string::npos);

  const std::string token = SignedIn(filed->filing);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  v1::ListLeavesResponse leaves;
  do {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    leaves.Clear();
    ASSERT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, token, &leaves).reason, "OK");
    ASSERT_GE(leaves.leaves_size(), 1);
  } while (!leaves.leaves(0).published() && std::chrono::steady_clock::now() < end);
  ASSERT_TRUE(leaves.leaves(0).published()) << "no cut within a minute";
  const auto checkpoint = format::VerifyCheckpoint(leaves.checkpoint(), world().organisation().id, world().directory().log_key);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->size % 64, 0U);
  std::vector<crypto::Digest> path;
  for (const std::string& hash : leaves.leaves(0).proof()) path.push_back(*crypto::Digest::FromBytes(hash));
  EXPECT_EQ(leaves.leaves(0).content(), filed->answer.leaf().content());
  const crypto::Digest hash = format::LeafHash(promise->commitment);
  EXPECT_TRUE(crypto::VerifyInclusion(leaves.leaves(0).index(), checkpoint->size, hash, path, checkpoint->root).ok());
  EXPECT_FALSE(crypto::VerifyInclusion(leaves.leaves(0).index() + 1, checkpoint->size, hash, path, checkpoint->root).ok())
      << "control";
}

}  // namespace
}  // namespace alcove::promises
