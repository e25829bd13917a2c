// P2, P3, P6 and P7 while a case lives, against a real alcoved: who steps back, is excluded or comes into conflict loses
// the case at once, also in the middle of a call; nobody answering in time brings the escalation recipient; and the server
// never holds a key.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using format::LeafKind;

class Alive : public Scene {
 protected:
  Heard GetCase(const std::string& authorization, const std::string& name, v1::GetCaseResponse* response = nullptr) const {
    v1::GetCaseRequest request;
    request.set_name(name);
    return Ask(*cases_, &v1::CaseService::Stub::GetCase, request, authorization, response);
  }
  Heard OpenCase(const std::string& authorization, const std::string& name, v1::OpenCaseResponse* response = nullptr) const {
    v1::OpenCaseRequest request;
    request.set_name(name);
    request.set_keyring(v1::KEYRING_THREAD);
    return Ask(*cases_, &v1::CaseService::Stub::OpenCase, request, authorization, response);
  }
  Heard Recuse(const std::string& authorization, const std::string& name) const {
    v1::RecuseFromCaseRequest request;
    request.set_name(name);
    request.set_request_id(support::DrawRequestId());
    return Ask(*cases_, &v1::CaseService::Stub::RecuseFromCase, request, authorization);
  }
  Heard Exclude(const std::string& authorization, const std::string& reader) const {
    v1::ExcludeReadersRequest request;
    request.set_request_id(support::DrawRequestId());
    request.add_readers(format::StaffName(reader));
    return Ask(*mailbox_, &v1::MailboxService::Stub::ExcludeReaders, request, authorization);
  }
  v1::GetMailboxResponse Mailbox(const Filed& filed) const {
    v1::GetMailboxResponse response;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, SignedIn(filed.filing), &response).reason, "OK");
    return response;
  }
  std::vector<LeafKind> Leaves(const Filed& filed) const {
    v1::ListLeavesResponse page;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, SignedIn(filed.filing), &page).reason, "OK");
    std::vector<LeafKind> kinds;
    for (const v1::LeafOpening& leaf : page.leaves()) kinds.push_back(format::ParseLeaf(leaf.content())->kind);
    return kinds;
  }
  // The one of the two investigators who has the case, and the other.
  std::pair<std::string, std::string> Assigned(const Filed& filed) const {
    const bool first = GetCase(SignedIn("investigator-a"), filed.name()).reason == "OK";
    return first ? std::pair("investigator-a", "investigator-b") : std::pair("investigator-b", "investigator-a");
  }
  // The filing's epoch opens with this person's grant.
  bool Reads(const std::string& slug, const Filed& filed) const {
    v1::OpenCaseResponse grants;
    if (OpenCase(SignedIn(slug), filed.name(), &grants).reason != "OK") return false;
    const auto epoch = format::ParseEpoch(filed.filing.request.entry().epoch().record());
    for (const v1::ReleasedGrant& released : grants.grants()) {
      const auto grant = format::ParseGrant(released.grant());
      if (grant.ok() && format::OpenGrant(*grant, *epoch, world().DecryptionKeyOf(slug)).ok()) return true;
    }
    return false;
  }
  // The server is not running: a grant to this person lies in the stored rows.
  bool StoredGrant(const std::string& slug) const {
    const crypto::KeyId key = crypto::KeyIdOf(world().DecryptionKeyOf(slug).encryption_key());
    bool found = false;
    EXPECT_TRUE(Decode()->rows().Scan<cases::Epoch>("", "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
      for (const crypto::Bytes& bytes : row.record.grants) {
        const auto grant = format::ParseGrant(bytes);
        found = found || (grant.ok() && grant->recipient == key);
      }
      return true;
    }).ok());
    return found;
  }
  v1::SendMessageRequest MessageOf(const Filed& filed, std::uint32_t sequence, const crypto::Digest& previous) const {
    v1::SendMessageRequest request;
    request.set_request_id(support::DrawRequestId());
    request.mutable_entry()->set_envelope(Message(filed.filing, filed.filing.signing, "more", sequence, previous));
    return request;
  }
  void ConfirmClock(int days);
};

// An administrator asks, an auditor approves, and it is carried out; `days` later than today.
void Alive::ConfirmClock(int days) {
  using Service = v1::ApprovalService::Stub;
  const auto approvals = v1::ApprovalService::NewStub(channel_);
  format::ApprovalTerms terms;
  terms.kind = format::ApprovalKind::kConfirmClock;
  terms.organisation = world().organisation().id;
  terms.approval = format::DrawId<format::ApprovalId>(crypto::SystemRandom());
  terms.day = format::Day::OfUnixSeconds(std::time(nullptr)).PlusDays(days);
  terms.directory_version = world().directory().version;
  v1::CreateApprovalRequest create;
  create.set_request_id(support::DrawRequestId());
  create.set_kind(v1::APPROVAL_KIND_CONFIRM_CLOCK);
  const std::vector<crypto::EncryptionKey> keys = {world().DecryptionKeyOf("auditor").encryption_key()};
  create.set_request(*format::SealApprovalRequest(terms, keys, "The machine was off.", world().SigningKeyOf("admin"),
                                                  crypto::SystemRandom()));
  const std::string admin = SignedIn("admin"), auditor = SignedIn("auditor");
  v1::CreateApprovalResponse created;
  ASSERT_EQ(Ask(*approvals, &Service::CreateApproval, create, SignedIn("officer")).reason, "NOTHING_HERE");
  ASSERT_EQ(Ask(*approvals, &Service::CreateApproval, create, admin, &created).reason, "OK");
  v1::ExecuteApprovalRequest execute;
  execute.set_name(created.name());
  execute.set_etag(created.etag());
  execute.set_request_id(support::DrawRequestId());
  ASSERT_EQ(Ask(*approvals, &Service::ExecuteApproval, execute, admin).reason, "APPROVAL_NOT_GRANTED");
  v1::DecideApprovalRequest decide;
  decide.set_name(created.name());
  decide.set_etag(created.etag());
  decide.set_request_id(support::DrawRequestId());
  decide.set_decision(v1::DECISION_APPROVE);
  decide.set_signature(format::SignDecision(format::ParseApprovalRequest(create.request())->statement,
                                            format::Decision::kApprove, world().SigningKeyOf("auditor")).str());
  v1::DecideApprovalResponse decided;
  ASSERT_EQ(Ask(*approvals, &Service::DecideApproval, decide, auditor, &decided).reason, "OK");
  execute.set_etag(decided.etag());
  execute.set_request_id(support::DrawRequestId());
  ASSERT_EQ(Ask(*approvals, &Service::ExecuteApproval, execute, admin).reason, "OK");
}

class P2_ConflictWall_Alive : public Alive {};
class P3_NoOracle_Alive : public Alive {};
class P6_Verifiable_Alive : public Alive {};
class P7_DeadMan_Alive : public Alive {};

TEST_F(P2_ConflictWall_Alive, WhoStepsBackHasNoGrantInStorageAndTheNextOneReads) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Not for a friend."});
  ASSERT_TRUE(filed);
  const auto [before, next] = Assigned(*filed);
  ASSERT_TRUE(Reads(before, *filed));
  ASSERT_FALSE(Reads(next, *filed)) << "control: dormant";
  ASSERT_EQ(Recuse(SignedIn(before), filed->name()).reason, "OK");
  EXPECT_FALSE(Reads(before, *filed));
  EXPECT_TRUE(Reads(next, *filed));
  Kill();
  EXPECT_FALSE(StoredGrant(before));
  EXPECT_TRUE(StoredGrant(next)) << "control";
}

TEST_F(P3_NoOracle_Alive, ALostCaseSoundsLikeOneThatNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Gone."});
  ASSERT_TRUE(filed);
  const std::string before = SignedIn(Assigned(*filed).first);
  ASSERT_EQ(Recuse(before, filed->name()).reason, "OK");
  const std::string absent = format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom()));
  EXPECT_EQ(GetCase(before, filed->name()), GetCase(before, absent));
  EXPECT_EQ(OpenCase(before, filed->name()), OpenCase(before, absent));
  EXPECT_EQ(Recuse(before, filed->name()), Recuse(before, absent));
  v1::ListCasesResponse list;
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, before, &list).reason, "OK");
  EXPECT_EQ(list.cases_size(), 0);
}

TEST_F(P2_ConflictWall_Alive, NothingIsReleasedOnceSteppingBackWasAnswered) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Opened by many hands."});
  ASSERT_TRUE(filed);
  const std::string before = SignedIn(Assigned(*filed).first);
  std::atomic<bool> stepped_back{false}, end{false};
  std::atomic<int> opened{0}, late{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!end) {
        const bool after = stepped_back;
        if (OpenCase(before, filed->name()).reason != "OK") continue;
        ++opened;
        if (after) ++late;
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  // Everybody writes to the same row: the recusal may meet its bound of tries.
  std::string said;
  for (int i = 0; i < 100 && said != "OK"; ++i) said = Recuse(before, filed->name()).reason;
  stepped_back = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  end = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(said, "OK");
  EXPECT_GT(opened, 0) << "control: there was something to race with";
  EXPECT_EQ(late, 0);
}

TEST_F(P2_ConflictWall_Alive, NoMessageSlipsInUnderTheOldKeyBehindAnExclusion) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "They talk."});
  ASSERT_TRUE(filed);
  const std::string reader = Assigned(*filed).first;
  const std::string session = SignedIn(filed->filing);
  std::atomic<bool> excluded{false}, end{false};
  std::atomic<int> kept{0}, late{0};
  std::thread writer([&] {
    auto head = format::EntryHash(*format::ParseEnvelope(filed->filing.request.entry().envelope()));
    for (std::uint32_t sequence = 1; !end;) {
      const v1::SendMessageRequest request = MessageOf(*filed, sequence, head);
      const bool after = excluded;
      if (Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, request, session).reason != "OK") continue;
      head = format::EntryHash(*format::ParseEnvelope(request.entry().envelope()));
      ++sequence;
      ++kept;
      if (after) ++late;
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  std::string said;
  for (int i = 0; i < 100 && said != "OK"; ++i) said = Exclude(session, reader).reason;
  excluded = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  end = true;
  writer.join();
  EXPECT_EQ(said, "OK");
  EXPECT_GT(kept, 0) << "control";
  EXPECT_EQ(late, 0);
  EXPECT_EQ(Mailbox(*filed).thread_length(), static_cast<std::uint32_t>(1 + kept)) << "what was acknowledged stayed";
  EXPECT_TRUE(Mailbox(*filed).epochs(0).stale());
}

TEST_F(P6_Verifiable_Alive, TheReporterSeesWhoLostTheCaseAndWhoHasItNow) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Seen."});
  ASSERT_TRUE(filed);
  const auto [before, next] = Assigned(*filed);
  ASSERT_EQ(Exclude(SignedIn(filed->filing), before).reason, "OK");
  const std::vector<LeafKind> kinds = Leaves(*filed);
  for (const LeafKind kind : {LeafKind::kReadersExcluded, LeafKind::kReaderLost, LeafKind::kCaseAssigned})
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), kind), 1) << format::Name(kind);
  const v1::GetMailboxResponse mailbox = Mailbox(*filed);
  for (const v1::Reader& reader : mailbox.readers()) {
    EXPECT_EQ(reader.lost(), reader.staff() == format::StaffName(before)) << reader.staff();
    EXPECT_EQ(reader.released() && !reader.lost(), reader.staff() == format::StaffName(next)) << reader.staff();
  }
}

// What the command `faketime` sets.
std::map<std::string, std::string> Later(const std::string& offset) {
  return {{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
          {"FAKETIME", offset},
          {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
}

TEST_F(P7_DeadMan_Alive, NobodyAnswersAndTheEscalationRecipientReads) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Does anybody read this?"});
  ASSERT_TRUE(filed);
  EXPECT_EQ(GetCase(SignedIn("escalation"), filed->name()).reason, "NOTHING_HERE") << "control: dormant";
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  support::ServerProcess later(world().serve_command(), Later("+12d"), folder() + "/later.log");
  ASSERT_TRUE(later.Start(world().options().port));
  Connect();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_FALSE(Reads("escalation", *filed)) << "control: a clock that leapt releases nothing by itself";
  EXPECT_TRUE(Mailbox(*filed).has_clock_freeze()) << "and the reporter is told";
  ASSERT_NO_FATAL_FAILURE(ConfirmClock(12));
  EXPECT_FALSE(Mailbox(*filed).has_clock_freeze());
  bool reads = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!reads && std::chrono::steady_clock::now() < end) {
    reads = Reads("escalation", *filed);
    if (!reads) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_TRUE(reads);
  const std::vector<LeafKind> kinds = Leaves(*filed);
  EXPECT_GE(std::count(kinds.begin(), kinds.end(), LeafKind::kGrantReleased), 2);
  later.Kill();
}

// The memory of a process, as far as it may be read.
std::string MemoryOf(pid_t pid) {
  std::string memory;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  std::ifstream bytes("/proc/" + std::to_string(pid) + "/mem", std::ios::binary);
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t from = 0, to = 0;
    char mode[5] = "";
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, mode) != 3 || mode[0] != 'r' || mode[1] != 'w') continue;
    std::string area(to - from, '\0');
    bytes.clear();
    bytes.seekg(static_cast<std::streamoff>(from));
    bytes.read(area.data(), static_cast<std::streamsize>(area.size()));
    memory.append(area, 0, static_cast<std::size_t>(bytes.gcount()));
  }
  return memory;
}

TEST_F(P2_ConflictWall_Alive, TheServersMemoryHoldsNoKeyThatAReaderWouldOpenWith) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Words that no server reads."});
  ASSERT_TRUE(filed);
  const auto [before, next] = Assigned(*filed);
  ASSERT_TRUE(Reads(before, *filed));
  ASSERT_EQ(Recuse(SignedIn(before), filed->name()).reason, "OK");
  ASSERT_TRUE(Reads(next, *filed));
  ASSERT_EQ(Exclude(SignedIn(filed->filing), "fallback-a").reason, "OK");
  const std::string memory = MemoryOf(server_->pid());
  if (memory.empty()) GTEST_SKIP() << "this machine does not let root read the memory of another process";
  ASSERT_NE(memory.find(filed->filing.request.entry().epoch().record().substr(0, 64)), std::string::npos)
      << "control: what was sent is found there";
  EXPECT_EQ(memory.find(filed->filing.epoch_key.expose()), std::string::npos) << "an epoch key";
  const auto envelope = format::ParseEnvelope(filed->filing.request.entry().envelope());
  EXPECT_EQ(memory.find(filed->filing.narrative), std::string::npos) << "what it opens";
  EXPECT_EQ(memory.find(world().DecryptionKeyOf(next).expose()), std::string::npos) << "a reader's own key";
}

}  // namespace
}  // namespace alcove::promises
