// Approvals against a real server: one person is let in, once, however many try at the same moment; nobody who is no party
// hears of it; what is malformed gets a named reason and leaves nothing behind; and the reason is nowhere on the disk.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <thread>

#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using Service = v1::ApprovalService::Stub;

constexpr std::string_view kReason = "the reporter speaks Basque and so does she";

// investigator-a holds the case and asks for custodian-a; approver-a and approver-b may decide.
class Approvals_OverTheWire : public Scene {
 protected:
  void Begin() {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "For one of the desk.", .struck_out = {"staff/investigator-b"}});
    ASSERT_TRUE(filed_);
    approvals_ = v1::ApprovalService::NewStub(channel_);
    asker_ = SignedIn("investigator-a");
  }

  v1::CreateApprovalRequest Asking(const std::vector<std::string>& deciders = {"approver-a", "approver-b"},
                                   const std::function<void(format::ApprovalTerms&)>& change = {}) {
    format::ApprovalTerms terms;
    terms.organisation = world().organisation().id;
    terms.case_id = filed_->filing.case_id;
    terms.approval = format::DrawId<format::ApprovalId>(SystemRandom());
    terms.day = format::Day::OfUnixSeconds(std::time(nullptr));
    terms.directory_version = world().directory().version;
    terms.person = "custodian-a";
    if (guest_until_) {
      terms.condition = format::ReleaseCondition::kGuest;
      terms.until = *guest_until_;
    }
    if (change) change(terms);
    std::vector<crypto::EncryptionKey> keys;
    for (const std::string& slug : deciders) keys.push_back(world().DecryptionKeyOf(slug).encryption_key());
    v1::CreateApprovalRequest request;
    request.set_parent(filed_->name());
    request.set_request_id(support::DrawRequestId());
    request.set_kind(v1::APPROVAL_KIND_ADD_READER);
    request.set_person("staff/custodian-a");
    request.set_condition(v1::RELEASE_CONDITION_APPROVED);
    if (guest_until_) {
      request.set_condition(v1::RELEASE_CONDITION_GUEST);
      request.mutable_until()->set_year(guest_until_->year());
      request.mutable_until()->set_month(guest_until_->month());
      request.mutable_until()->set_day(guest_until_->day_of_month());
    }
    request.set_request(*format::SealApprovalRequest(terms, keys, kReason, world().SigningKeyOf("investigator-a"), SystemRandom()));
    return request;
  }
  std::string Ask() {
    v1::CreateApprovalResponse created;
    const Heard heard = promises::Ask(*approvals_, &Service::CreateApproval, Asking(), asker_, &created);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return created.name();
  }
  v1::Approval Get(const std::string& name) {
    v1::GetApprovalRequest request;
    request.set_name(name);
    v1::GetApprovalResponse response;
    const Heard heard = promises::Ask(*approvals_, &Service::GetApproval, request, asker_, &response);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return response.approval();
  }
  v1::DecideApprovalRequest Deciding(const std::string& name, const std::string& who) {
    const v1::Approval approval = Get(name);
    v1::DecideApprovalRequest request;
    Change(approval, request);
    request.set_decision(v1::DECISION_APPROVE);
    request.set_signature(format::SignDecision(format::ParseApprovalRequest(approval.request())->statement,
                                               format::Decision::kApprove, world().SigningKeyOf(who)).str());
    return request;
  }
  v1::ExecuteApprovalRequest Executing(const std::string& name) {
    v1::ExecuteApprovalRequest request;
    Change(Get(name), request);
    request.add_grants(*format::WrapGrant({world().organisation().id, filed_->filing.case_id, format::Keyring::kThread, 0},
                                          filed_->filing.epoch_key, world().DecryptionKeyOf("custodian-a").encryption_key(),
                                          guest_until_ ? format::ReleaseCondition::kGuest : format::ReleaseCondition::kApproved,
                                          SystemRandom()));
    return request;
  }
  template <class Request>
  static void Change(const v1::Approval& approval, Request& request) {
    request.set_name(approval.name());
    request.set_etag(approval.etag());
    request.set_request_id(support::DrawRequestId());
  }
  // What the newcomer gets of the case.
  Heard Open(v1::OpenCaseResponse* opened) {
    v1::OpenCaseRequest request;
    request.set_name(filed_->name());
    request.set_keyring(v1::KEYRING_THREAD);
    return promises::Ask(*cases_, &v1::CaseService::Stub::OpenCase, request, SignedIn("custodian-a"), opened);
  }
  // The same call from as many lines at once; how often each reason was heard.
  static std::map<std::string, int> AtOnce(const std::vector<std::function<Heard()>>& calls) {
    std::vector<std::string> reasons(calls.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < calls.size(); ++i) threads.emplace_back([&, i] { reasons[i] = calls[i]().reason; });
    for (std::thread& thread : threads) thread.join();
    std::map<std::string, int> counts;
    for (const std::string& reason : reasons) ++counts[reason];
    return counts;
  }

  // The newcomer reads the stored grant of this epoch, whatever the server does.
  std::size_t StoredGrants(const Decoded& disk) const {
    const crypto::KeyId key = crypto::KeyIdOf(world().DecryptionKeyOf("custodian-a").encryption_key());
    std::size_t found = 0;
    EXPECT_TRUE(disk.rows().Scan<cases::Epoch>("", "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
      for (const crypto::Bytes& grant : row.record.added) found += format::ParseGrant(grant)->recipient == key;
      return true;
    }).ok());
    return found;
  }

  std::optional<Filed> filed_;
  std::optional<format::Day> guest_until_;  // ask for a guest, not for a reader
  std::unique_ptr<Service> approvals_;
  std::string asker_;
};

TEST_F(Approvals_OverTheWire, P2_ManyWhoCarryItOutAtOnceLetOnePersonInOnce) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string name = Ask();
  const std::string decider = SignedIn("approver-b");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::DecideApproval, Deciding(name, "approver-b"), decider).reason, "OK");
  v1::OpenCaseResponse opened;
  EXPECT_EQ(Open(&opened).reason, "NOTHING_HERE");

  std::vector<std::function<Heard()>> calls;
  for (int i = 0; i < 8; ++i)
    calls.push_back([this, request = Executing(name)] { return promises::Ask(*approvals_, &Service::ExecuteApproval, request, asker_); });
  const auto heard = AtOnce(calls);
  EXPECT_EQ(heard.at("OK"), 1) << testing::PrintToString(heard);

  const auto let_in = [&] {
    v1::OpenCaseResponse grants;
    EXPECT_EQ(Open(&grants).reason, "OK");
    ASSERT_EQ(grants.grants_size(), 1);
    v1::GetCaseRequest get;
    get.set_name(filed_->name());
    v1::GetCaseResponse facts;
    EXPECT_EQ(promises::Ask(*cases_, &v1::CaseService::Stub::GetCase, get, SignedIn("custodian-a"), &facts).reason, "OK");
    const auto key = format::OpenAddedGrant(*format::ParseGrant(grants.grants(0).grant()),
                                            *format::ParseEpoch(facts.case_().epochs(0).record()),
                                            world().DecryptionKeyOf("custodian-a"));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->expose(), filed_->filing.epoch_key.expose());
  };
  let_in();
  Kill();
  Start();
  approvals_ = v1::ApprovalService::NewStub(channel_);
  asker_ = SignedIn("investigator-a");
  let_in();
  EXPECT_EQ(Get(name).state(), v1::APPROVAL_STATE_EXECUTED) << "an acknowledged act survives kill -9";
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "APPROVAL_REFUSED");
}

// What the command `faketime` sets: it is so many hours later.
std::map<std::string, std::string> Later(int hours) {
  return {{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
          {"FAKETIME", "+" + std::to_string(3600 * hours)},
          {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
}
format::Day DayIn(int hours) { return format::Day::OfUnixSeconds(std::time(nullptr) + 3600 * hours); }

TEST_F(Approvals_OverTheWire, P2_AGuestReadsOnTheirLastDayAndFromTheNextTheCaseNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  guest_until_ = DayIn(0).PlusDays(1);
  const std::string name = Ask();
  ASSERT_EQ(promises::Ask(*approvals_, &Service::DecideApproval, Deciding(name, "approver-a"), SignedIn("approver-a")).reason, "OK");
  ASSERT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "OK");
  const auto reads = [&] {
    v1::OpenCaseResponse opened;
    return Open(&opened).reason == "OK" && opened.grants_size() == 1;
  };
  const auto mailbox = [&] {
    v1::GetMailboxResponse own;
    EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, SignedIn(filed_->filing), &own).reason, "OK");
    return own;
  };
  const auto losses = [&] {
    v1::ListLeavesResponse page;
    EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, SignedIn(filed_->filing), &page).reason, "OK");
    return std::count_if(page.leaves().begin(), page.leaves().end(), [](const v1::LeafOpening& opening) {
      const auto leaf = format::ParseLeaf(opening.content());
      return leaf->kind == format::LeafKind::kReaderLost && leaf->details == format::details::ReaderLost("custodian-a");
    });
  };
  EXPECT_TRUE(reads());
  ASSERT_EQ(server_->Terminate(), 0) << Log();

  // In steps of less than a day: a clock that leaps would make the review wait until somebody confirms it.
  int hours = 20;
  for (; DayIn(hours).number() <= guest_until_->number(); hours += 20) {
    support::ServerProcess until_then(world().serve_command(), Later(hours), folder() + "/until-then.log");
    ASSERT_TRUE(until_then.Start(world().options().port));
    Connect();
    EXPECT_TRUE(reads()) << "the last day counts";
    EXPECT_EQ(losses(), 0);
    ASSERT_EQ(until_then.Terminate(), 0);
  }
  EXPECT_EQ(StoredGrants(*Decode()), 1u) << "control";

  support::ServerProcess day_after(world().serve_command(), Later(hours), folder() + "/day-after.log");
  ASSERT_TRUE(day_after.Start(world().options().port));
  Connect();
  const std::string guest = SignedIn("custodian-a");
  const auto hears = [&](const std::string& id) {
    v1::GetCaseRequest get;
    get.set_name(id);
    v1::OpenCaseRequest open;
    open.set_name(id);
    open.set_keyring(v1::KEYRING_THREAD);
    return std::vector{promises::Ask(*cases_, &v1::CaseService::Stub::GetCase, get, guest),
                       promises::Ask(*cases_, &v1::CaseService::Stub::OpenCase, open, guest)};
  };
  // From the first call on: nobody waits for a review.
  const auto heard = hears(filed_->name());
  EXPECT_EQ(heard, hears(format::CaseName(format::DrawId<format::CaseId>(SystemRandom()))));
  EXPECT_EQ(heard[0].reason, "NOTHING_HERE");
  v1::ListCasesResponse list;
  EXPECT_EQ(promises::Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, guest, &list).reason, "OK");
  EXPECT_EQ(list.cases_size(), 0);
  EXPECT_TRUE(mailbox().epochs().rbegin()->stale()) << "what is written next needs a key that the guest does not get";
  // The review writes it down, and the grant goes from the disk.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (losses() == 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(losses(), 1);
  day_after.Kill();
  EXPECT_EQ(StoredGrants(*Decode()), 0u);
}

TEST_F(Approvals_OverTheWire, P6_DecidedAndWithdrawnAtOnceOneOfThemStandsAndIsTheLeaf) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string decider = SignedIn("approver-a");
  for (int round = 0; round < 10; ++round) {
    const std::string name = Ask();
    const v1::DecideApprovalRequest decide = Deciding(name, "approver-a");
    v1::CancelApprovalRequest cancel;
    Change(Get(name), cancel);
    Heard decided, cancelled;
    const auto heard = AtOnce({[&] { return decided = promises::Ask(*approvals_, &Service::DecideApproval, decide, decider); },
                               [&] { return cancelled = promises::Ask(*approvals_, &Service::CancelApproval, cancel, asker_); }});
    EXPECT_EQ(heard.at("OK"), 1) << testing::PrintToString(heard);
    EXPECT_EQ(Get(name).state(), decided.reason == "OK" ? v1::APPROVAL_STATE_APPROVED : v1::APPROVAL_STATE_CANCELLED);
  }
  Kill();
  int decided = 0, cancelled = 0, asked = 0;
  for (const format::Leaf& leaf : Decode()->Leaves()) {
    asked += leaf.kind == format::LeafKind::kApprovalRequested;
    decided += leaf.kind == format::LeafKind::kApprovalDecided;
    cancelled += leaf.kind == format::LeafKind::kApprovalCancelled;
  }
  EXPECT_EQ(asked, 10);
  EXPECT_EQ(decided + cancelled, 10);
}

TEST_F(Approvals_OverTheWire, P3_WhoIsNoPartyHearsTheSameAsOfAnIdThatNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string name = Ask(), absent = format::ApprovalName(format::DrawId<format::ApprovalId>(SystemRandom()));
  for (const char* slug : {"admin", "auditor", "custodian-a", "escalation", "fallback-a", "investigator-b", "officer"}) {
    const std::string session = SignedIn(slug);
    const auto hear = [&](const std::string& id) {
      v1::GetApprovalRequest get;
      get.set_name(id);
      v1::DecideApprovalRequest decide;
      decide.set_name(id);
      decide.set_decision(v1::DECISION_APPROVE);
      decide.set_signature(std::string(64, 's'));
      v1::ExecuteApprovalRequest execute;
      execute.set_name(id);
      return std::vector{promises::Ask(*approvals_, &Service::GetApproval, get, session),
                         promises::Ask(*approvals_, &Service::DecideApproval, decide, session),
                         promises::Ask(*approvals_, &Service::ExecuteApproval, execute, session)};
    };
    const auto there = hear(name);
    EXPECT_EQ(there, hear(absent)) << slug;
    EXPECT_EQ(there[0].reason, "NOTHING_HERE") << slug;
    v1::ListApprovalsResponse list;
    EXPECT_EQ(promises::Ask(*approvals_, &Service::ListApprovals, {}, session, &list).reason, "OK");
    EXPECT_EQ(list.approvals_size(), 0) << slug;
  }
  v1::ListApprovalsResponse list;
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ListApprovals, {}, SignedIn("approver-a"), &list).reason, "OK");
  EXPECT_EQ(list.approvals_size(), 1) << "control";
}

TEST_F(Approvals_OverTheWire, WhatDoesNotCheckIsRefusedByNameAndLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  using Create = v1::CreateApprovalRequest;
  const std::string name = Ask();
  // A refusal of what somebody may not know is a leaf of its own; nothing else is to be left behind.
  const auto kept = [&] {
    auto rows = Rows();
    rows.erase(base::Table::kOpening);
    rows.erase(base::Table::kRefusal);
    return rows;
  };
  const auto before = kept();
  const auto refused = [&](const char* what, const char* reason, const std::function<void(Create&)>& spoil, Create request) {
    spoil(request);
    EXPECT_EQ(promises::Ask(*approvals_, &Service::CreateApproval, request, asker_).reason, reason) << what;
  };
  const Create good = Asking();
  refused("no kind", "FIELD_INVALID", [](Create& r) { r.clear_kind(); }, good);
  refused("an unknown kind", "FIELD_INVALID", [](Create& r) { r.set_kind(static_cast<v1::ApprovalKind>(99)); }, good);
  refused("no person", "FIELD_INVALID", [](Create& r) { r.clear_person(); }, good);
  refused("another person", "FIELD_INVALID", [](Create& r) { r.set_person("staff/custodian-b"); }, good);
  refused("an administrator", "APPROVAL_REFUSED", [](Create& r) { r.set_person("staff/admin"); }, good);
  refused("nobody known", "APPROVAL_REFUSED", [](Create& r) { r.set_person("staff/nobody"); }, good);
  refused("who asks", "APPROVAL_REFUSED", [](Create& r) { r.set_person("staff/investigator-a"); }, good);
  refused("a condition of the plan's", "FIELD_INVALID", [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_FALLBACK); }, good);
  refused("a guest without an end", "FIELD_INVALID", [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_GUEST); }, good);
  refused("a day that is none", "FIELD_INVALID", [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_GUEST); r.mutable_until()->set_month(13); }, good);
  refused("a reason to close where nothing is closed", "FIELD_INVALID", [](Create& r) { r.set_code("finding_made"); }, good);
  Create closing = good;
  closing.set_kind(v1::APPROVAL_KIND_CLOSE_CASE);
  closing.clear_person();
  closing.clear_condition();
  closing.set_code("finding_made");
  closing.set_validate_only(true);
  refused("a closing that nothing leads to", "TRANSITION_REFUSED", [](Create&) {}, closing);
  refused("a closing without a reason", "FIELD_INVALID", [](Create& r) { r.clear_code(); }, closing);
  refused("a closing for a very long reason", "FIELD_INVALID", [](Create& r) { r.set_code(std::string(65, 'x')); }, closing);
  refused("a closing of a person", "FIELD_INVALID", [](Create& r) { r.set_person("staff/custodian-a"); }, closing);
  refused("a closing on a condition", "FIELD_INVALID", [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_APPROVED); }, closing);
  refused("a closing of a case that never was", "NOTHING_HERE", [](Create& r) { r.set_parent(format::CaseName(format::DrawId<format::CaseId>(SystemRandom()))); }, closing);
  refused("no request", "FIELD_INVALID", [](Create& r) { r.clear_request(); }, good);
  refused("half a request", "FIELD_INVALID", [](Create& r) { r.mutable_request()->resize(300); }, good);
  refused("a long request", "FIELD_INVALID", [](Create& r) { r.mutable_request()->append(100'000, 'x'); }, good);
  refused("no request id", "FIELD_INVALID", [](Create& r) { r.clear_request_id(); }, good);
  refused("a case that never was", "NOTHING_HERE", [](Create& r) { r.set_parent(format::CaseName(format::DrawId<format::CaseId>(SystemRandom()))); }, good);
  refused("a reason that one of the deciders cannot read", "GRANTS_MISMATCH", [](Create&) {}, Asking({"approver-a"}));
  refused("a reason that somebody else can read", "GRANTS_MISMATCH", [](Create&) {}, Asking({"approver-a", "approver-b", "admin"}));
  refused("an older directory", "ETAG_STALE", [](Create&) {},
          Asking({"approver-a", "approver-b"}, [](format::ApprovalTerms& t) { t.directory_version = 0; }));

  using Decide = v1::DecideApprovalRequest;
  const auto wrong = [&](const char* what, const char* reason, const std::function<void(Decide&)>& spoil, const char* who) {
    Decide request = Deciding(name, who);
    spoil(request);
    EXPECT_EQ(promises::Ask(*approvals_, &Service::DecideApproval, request, SignedIn(who)).reason, reason) << what;
  };
  wrong("by who asked", "APPROVAL_REFUSED", [](Decide&) {}, "investigator-a");
  wrong("by a stranger to it", "NOTHING_HERE", [](Decide&) {}, "admin");
  wrong("no decision", "FIELD_INVALID", [](Decide& r) { r.clear_decision(); }, "approver-a");
  wrong("the other decision", "FIELD_INVALID", [](Decide& r) { r.set_decision(v1::DECISION_REFUSE); }, "approver-a");
  wrong("a short signature", "FIELD_INVALID", [](Decide& r) { r.mutable_signature()->pop_back(); }, "approver-a");
  wrong("a forged signature", "FIELD_INVALID", [](Decide& r) { r.mutable_signature()->front() ^= 1; }, "approver-a");
  wrong("an old etag", "ETAG_STALE", [](Decide& r) { r.set_etag("old"); }, "approver-a");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "APPROVAL_NOT_GRANTED");
  EXPECT_EQ(kept(), before);
  EXPECT_EQ(promises::Ask(*approvals_, &Service::DecideApproval, Deciding(name, "approver-a"), SignedIn("approver-a")).reason, "OK") << "control";
}

TEST_F(Approvals_OverTheWire, P1_WhyItWasAskedForIsNotEvenWithTheServersKeys) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string name = Ask();
  const std::string kept = Get(name).request();
  const auto parsed = format::ParseApprovalRequest(kept);
  ASSERT_TRUE(parsed.ok());
  const auto reason = format::OpenReason(*parsed, world().DecryptionKeyOf("approver-a"));
  ASSERT_TRUE(reason.ok()) << "control: who decides reads it";
  EXPECT_EQ(reason->view(), kReason);
  Kill();
  EXPECT_TRUE(Holding(FilesUnder({folder()}), kReason).empty());
  const auto rows = Decode()->Contents(base::Table::kApproval);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].find(kReason), std::string::npos);
  EXPECT_NE(rows[0].find(kept), std::string::npos) << "control: the row is what was looked into";
}

}  // namespace
}  // namespace alcove::promises
