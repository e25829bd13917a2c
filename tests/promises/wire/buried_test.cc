// Nothing is buried, against a real server (promise P5): the days between are those of the machine's clock, what was carried out
// survives kill -9, a hold wins every race, and what is malformed gets a named reason and leaves nothing behind.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <thread>

#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/random.h"
#include "server/core/cases/doomed.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using format::ApprovalKind;
using Approvals = v1::ApprovalService::Stub;
using Cases = v1::CaseService::Stub;

// What the command `faketime` sets: it is so many hours later.
std::map<std::string, std::string> Later(int hours) {
  return {{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
          {"FAKETIME", "+" + std::to_string(3600 * hours)},
          {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
}

// investigator-a holds the case, has read it, and asks; approver-a and approver-b decide.
class P5_OverTheWire : public Scene {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "For one of the desk.", .struck_out = {"staff/investigator-b"}});
    ASSERT_TRUE(filed_);
    Reach();
    Read();
    Claim();
  }
  // Who does not take a case on within a day loses it to the next.
  void Claim() {
    v1::GetCaseRequest look;
    look.set_name(filed_->name());
    v1::GetCaseResponse found;
    ASSERT_EQ(promises::Ask(*cases_, &Cases::GetCase, look, asker_, &found).reason, "OK");
    v1::ClaimCaseRequest claim;
    claim.set_name(filed_->name());
    claim.set_etag(found.case_().etag());
    claim.set_request_id(support::DrawRequestId());
    ASSERT_EQ(promises::Ask(*cases_, &Cases::ClaimCase, claim, asker_).reason, "OK");
  }
  void Reach() {
    approvals_ = v1::ApprovalService::NewStub(channel_);
    asker_ = SignedIn("investigator-a");
  }
  void Read() {
    v1::ListEntriesRequest request;
    request.set_parent(filed_->name());
    request.set_keyring(v1::KEYRING_THREAD);
    ASSERT_EQ(promises::Ask(*cases_, &Cases::ListEntries, request, asker_).reason, "OK");
  }

  v1::CreateApprovalRequest Asking(ApprovalKind kind, const std::string& code,
                                   const std::function<void(format::ApprovalTerms&)>& change = {}) {
    format::ApprovalTerms terms;
    terms.kind = kind;
    terms.organisation = world().organisation().id;
    terms.case_id = filed_->filing.case_id;
    terms.approval = format::DrawId<format::ApprovalId>(SystemRandom());
    terms.day = format::Day::OfUnixSeconds(std::time(nullptr));
    terms.directory_version = world().directory().version;
    terms.code = code;
    if (change) change(terms);
    std::vector<crypto::EncryptionKey> keys;
    for (const char* slug : {"approver-a", "approver-b"}) keys.push_back(world().DecryptionKeyOf(slug).encryption_key());
    v1::CreateApprovalRequest request;
    request.set_parent(filed_->name());
    request.set_request_id(support::DrawRequestId());
    request.set_kind(static_cast<v1::ApprovalKind>(kind));
    request.set_code(code);
    request.set_request(*format::SealApprovalRequest(terms, keys, "why", world().SigningKeyOf("investigator-a"), SystemRandom()));
    return request;
  }
  v1::CreateApprovalRequest Deleting() { return Asking(ApprovalKind::kDelete, "filed_by_mistake"); }
  std::string Asked(const v1::CreateApprovalRequest& request) {
    v1::CreateApprovalResponse created;
    const Heard heard = promises::Ask(*approvals_, &Approvals::CreateApproval, request, asker_, &created);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return created.name();
  }
  v1::Approval Get(const std::string& name) {
    v1::GetApprovalRequest request;
    request.set_name(name);
    v1::GetApprovalResponse response;
    const Heard heard = promises::Ask(*approvals_, &Approvals::GetApproval, request, asker_, &response);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return response.approval();
  }
  template <class Request>
  Request Changing(const std::string& name) {
    const v1::Approval approval = Get(name);
    Request request;
    request.set_name(name);
    request.set_etag(approval.etag());
    request.set_request_id(support::DrawRequestId());
    return request;
  }
  Heard Approve(const std::string& name, const std::string& who) {
    auto request = Changing<v1::DecideApprovalRequest>(name);
    request.set_decision(v1::DECISION_APPROVE);
    request.set_signature(format::SignDecision(format::ParseApprovalRequest(Get(name).request())->statement,
                                               format::Decision::kApprove, world().SigningKeyOf(who)).str());
    return promises::Ask(*approvals_, &Approvals::DecideApproval, request, SignedIn(who));
  }
  std::string Approved(const v1::CreateApprovalRequest& request) {
    const std::string name = Asked(request);
    EXPECT_EQ(Approve(name, "approver-a").reason, "OK");
    EXPECT_EQ(Approve(name, "approver-b").reason, "OK");
    return name;
  }
  Heard Execute(const std::string& name) {
    return promises::Ask(*approvals_, &Approvals::ExecuteApproval, Changing<v1::ExecuteApprovalRequest>(name), asker_);
  }
  Heard Hold(const std::string& who, const std::string& id, const std::string& reason = "litigation") {
    v1::PlaceHoldRequest request;
    request.set_name(id);
    request.set_request_id(support::DrawRequestId());
    request.set_reason(reason);
    return promises::Ask(*cases_, &Cases::PlaceHold, request, SignedIn(who));
  }
  Heard GetCase(const std::string& id) {
    v1::GetCaseRequest request;
    request.set_name(id);
    return promises::Ask(*cases_, &Cases::GetCase, request, asker_);
  }
  v1::GetMailboxResponse Mailbox() {
    v1::GetMailboxResponse own;
    const Heard heard = promises::Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, SignedIn(filed_->filing), &own);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return own;
  }
  // In steps of less than a day, for a clock that leaps would have to be confirmed. Ends `hours` ahead, serving.
  void GoTo(int hours) {
    ASSERT_EQ((later_ ? *later_ : *server_).Terminate(), 0) << Log();
    for (; now_ < hours;) {
      now_ = std::min(now_ + 22, hours);
      later_.emplace(world().serve_command(), Later(now_), folder() + "/later.log");
      ASSERT_TRUE(later_->Start(world().options().port));
      Connect();
      if (now_ < hours) {
        ASSERT_EQ(later_->Terminate(), 0);
      }
    }
    Reach();
  }
  bool IsDoomed(const Decoded& disk) { return cases::IsDoomed(disk.rows(), filed_->filing.case_id).value(); }

  std::optional<Filed> filed_;
  std::unique_ptr<Approvals> approvals_;
  std::string asker_;
  std::optional<support::ServerProcess> later_;
  int now_ = 0;
};

TEST_F(P5_OverTheWire, ADeletionTakesTwoAndAWeekAndSurvivesKillNineAndAHoldBringsItBack) {
  const std::string name = Asked(Deleting());
  EXPECT_EQ(Execute(name).reason, "APPROVAL_NOT_GRANTED");
  EXPECT_EQ(Approve(name, "approver-a").reason, "OK");
  EXPECT_EQ(Execute(name).reason, "APPROVAL_NOT_GRANTED");
  EXPECT_EQ(Approve(name, "approver-b").reason, "OK");
  EXPECT_TRUE(Get(name).has_ready());
  EXPECT_EQ(Execute(name).reason, "COOLING_OFF");
  GoTo(24 * 7 - 1);
  EXPECT_EQ(Execute(name).reason, "COOLING_OFF");
  GoTo(24 * 8 + 1);
  ASSERT_EQ(GetCase(filed_->name()).reason, "OK") << "control";
  ASSERT_EQ(Execute(name).reason, "OK");

  later_->Kill();
  EXPECT_TRUE(IsDoomed(*Decode()));
  later_.emplace(world().serve_command(), Later(now_), folder() + "/later.log");
  ASSERT_TRUE(later_->Start(world().options().port));
  Connect();
  Reach();
  const std::string absent = format::CaseName(format::DrawId<format::CaseId>(SystemRandom()));
  EXPECT_EQ(GetCase(filed_->name()), GetCase(absent));
  EXPECT_EQ(GetCase(filed_->name()).reason, "NOTHING_HERE");
  v1::ListCasesResponse list;
  EXPECT_EQ(promises::Ask(*cases_, &Cases::ListCases, {}, asker_, &list).reason, "OK");
  EXPECT_EQ(list.cases_size(), 0);
  EXPECT_EQ(Mailbox().gone().cause(), v1::APPROVAL_KIND_DELETE);
  EXPECT_EQ(Mailbox().gone().approval(), name);
  EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::ListMessages, {}, SignedIn(filed_->filing)).reason, "NOTHING_HERE");

  for (const char* slug : {"approver-a", "admin", "auditor", "investigator-b"})
    EXPECT_EQ(Hold(slug, filed_->name()), Hold(slug, absent)) << slug;
  EXPECT_EQ(GetCase(filed_->name()).reason, "NOTHING_HERE");
  EXPECT_EQ(Hold("investigator-a", filed_->name()).reason, "OK");
  EXPECT_EQ(GetCase(filed_->name()).reason, "OK");
  EXPECT_FALSE(Mailbox().has_gone());
  ASSERT_EQ(Mailbox().holds_size(), 1);
  later_->Kill();
  EXPECT_FALSE(IsDoomed(*Decode()));
}

TEST_F(P5_OverTheWire, AHoldPlacedWhileManyCarryItOutWinsWhoeverIsFirst) {
  const std::string name = Approved(Deleting());
  GoTo(24 * 8 + 1);
  std::vector<v1::ExecuteApprovalRequest> requests;
  for (int i = 0; i < 6; ++i) requests.push_back(Changing<v1::ExecuteApprovalRequest>(name));
  std::vector<std::string> reasons(requests.size());
  std::string held;
  {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < requests.size(); ++i)
      threads.emplace_back([&, i] { reasons[i] = promises::Ask(*approvals_, &Approvals::ExecuteApproval, requests[i], asker_).reason; });
    threads.emplace_back([&] { held = Hold("investigator-a", filed_->name()).reason; });
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(held, "OK");
  EXPECT_LE(std::count(reasons.begin(), reasons.end(), "OK"), 1) << testing::PrintToString(reasons);
  EXPECT_EQ(GetCase(filed_->name()).reason, "OK");
  later_->Kill();
  EXPECT_FALSE(IsDoomed(*Decode()));
}

TEST_F(P5_OverTheWire, EitherOfTheTwoTakesItBackAndNobodyElse) {
  const std::string name = Approved(Deleting());
  const auto cancel = [&](const std::string& who) {
    return promises::Ask(*approvals_, &Approvals::CancelApproval, Changing<v1::CancelApprovalRequest>(name), SignedIn(who)).reason;
  };
  EXPECT_EQ(cancel("admin"), "NOTHING_HERE");
  EXPECT_EQ(cancel("approver-b"), "OK");
  EXPECT_EQ(Get(name).state(), v1::APPROVAL_STATE_CANCELLED);
  EXPECT_EQ(Get(name).cancelled_by(), "staff/approver-b");
  EXPECT_EQ(Execute(name).reason, "APPROVAL_REFUSED");
}

TEST_F(P5_OverTheWire, WhatDoesNotCheckIsRefusedByNameAndLeavesNothing) {
  const auto kept = [&] {
    auto rows = Rows();
    rows.erase(base::Table::kOpening);
    rows.erase(base::Table::kRefusal);
    return rows;
  };
  const auto before = kept();
  using Create = v1::CreateApprovalRequest;
  const auto refused = [&](const char* what, const char* reason, const Create& good, const std::function<void(Create&)>& spoil) {
    Create request = good;
    spoil(request);
    EXPECT_EQ(promises::Ask(*approvals_, &Approvals::CreateApproval, request, asker_).reason, reason) << what;
  };
  const auto as_it_is = [](Create&) {};
  const Create deletion = Deleting();
  refused("no code", "FIELD_INVALID", deletion, [](Create& r) { r.clear_code(); });
  refused("another code than was signed", "FIELD_INVALID", deletion, [](Create& r) { r.set_code("not_a_report"); });
  refused("a code that is none", "CODE_UNKNOWN", Asking(ApprovalKind::kDelete, "because"), as_it_is);
  refused("a code of another list", "CODE_UNKNOWN", Asking(ApprovalKind::kDelete, "finding_made"), as_it_is);
  refused("a very long code", "FIELD_INVALID", deletion, [](Create& r) { r.set_code(std::string(65, 'a')); });
  refused("of a person", "FIELD_INVALID", deletion, [](Create& r) { r.set_person("staff/custodian-a"); });
  refused("on a condition", "FIELD_INVALID", deletion, [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_APPROVED); });
  refused("until a day", "FIELD_INVALID", deletion, [](Create& r) { r.mutable_until()->set_year(2030); });
  refused("of a case that never was", "NOTHING_HERE", deletion,
          [](Create& r) { r.set_parent(format::CaseName(format::DrawId<format::CaseId>(SystemRandom()))); });
  refused("of no case", "FIELD_INVALID", deletion, [](Create& r) { r.clear_parent(); });
  refused("signed for another kind", "FIELD_INVALID", deletion, [](Create& r) { r.set_kind(v1::APPROVAL_KIND_LIFT_HOLD); r.set_code("filed_by_mistake"); });
  refused("a kind that is none", "FIELD_INVALID", deletion, [](Create& r) { r.set_kind(static_cast<v1::ApprovalKind>(12)); });

  const std::string id = format::Text(format::DrawId<format::EntryId>(SystemRandom()));
  refused("an entry that is none", "FIELD_INVALID", Asking(ApprovalKind::kRedact, id), as_it_is);
  refused("an entry that is no id", "FIELD_INVALID", Asking(ApprovalKind::kRedact, id), [](Create& r) { r.set_code("the_first"); });
  refused("an allegation that is none", "FIELD_INVALID", Asking(ApprovalKind::kFalseReport, id), as_it_is);
  refused("a hold that does not stand", "FIELD_INVALID", Asking(ApprovalKind::kLiftHold, "litigation"), as_it_is);
  refused("a closing that nothing leads to", "TRANSITION_REFUSED", Asking(ApprovalKind::kCloseUnread, "finding_made"), as_it_is);
  const format::Day day = format::Day::OfUnixSeconds(std::time(nullptr)).PlusDays(60);
  Create shortening = Asking(ApprovalKind::kShorten, "", [&](format::ApprovalTerms& t) { t.until = day; });
  shortening.mutable_until()->set_year(day.year());
  shortening.mutable_until()->set_month(day.month());
  shortening.mutable_until()->set_day(day.day_of_month());
  refused("shortening an open case", "RETENTION_REFUSED", shortening, as_it_is);
  refused("until when", "FIELD_INVALID", shortening, [](Create& r) { r.clear_until(); });
  refused("until a day that is none", "FIELD_INVALID", shortening, [](Create& r) { r.mutable_until()->set_month(13); });
  refused("shortened for a reason", "FIELD_INVALID", shortening, [](Create& r) { r.set_code("soon"); });

  using Place = v1::PlaceHoldRequest;
  Place hold;
  hold.set_name(filed_->name());
  hold.set_request_id(support::DrawRequestId());
  hold.set_reason("litigation");
  const auto not_held = [&](const char* what, const char* reason, const std::function<void(Place&)>& spoil) {
    Place request = hold;
    spoil(request);
    EXPECT_EQ(promises::Ask(*cases_, &Cases::PlaceHold, request, asker_).reason, reason) << what;
  };
  not_held("no reason", "CODE_UNKNOWN", [](Place& r) { r.clear_reason(); });
  not_held("a reason that is none", "CODE_UNKNOWN", [](Place& r) { r.set_reason(std::string(10000, 'x')); });
  not_held("a reason of another list", "CODE_UNKNOWN", [](Place& r) { r.set_reason("awaiting_evidence"); });
  not_held("no request id", "FIELD_INVALID", [](Place& r) { r.clear_request_id(); });
  not_held("no case", "FIELD_INVALID", [](Place& r) { r.clear_name(); });
  not_held("a case that never was", "NOTHING_HERE",
           [](Place& r) { r.set_name(format::CaseName(format::DrawId<format::CaseId>(SystemRandom()))); });
  EXPECT_EQ(kept(), before);

  // Each would have been taken had it been right.
  EXPECT_EQ(promises::Ask(*approvals_, &Approvals::CreateApproval, deletion, asker_).reason, "OK") << "control";
  EXPECT_EQ(promises::Ask(*cases_, &Cases::PlaceHold, hold, asker_).reason, "OK") << "control";
  EXPECT_EQ(promises::Ask(*cases_, &Cases::PlaceHold, hold, asker_).reason, "OK") << "a repetition has the same answer";
  Place other = hold;
  other.set_reason("regulator_request");
  EXPECT_EQ(promises::Ask(*cases_, &Cases::PlaceHold, other, asker_).reason, "REQUEST_ID_REUSED");
  EXPECT_EQ(promises::Ask(*approvals_, &Approvals::CreateApproval, Deleting(), asker_).reason, "LEGAL_HOLD");
  EXPECT_EQ(promises::Ask(*approvals_, &Approvals::CreateApproval, Asking(ApprovalKind::kLiftHold, "litigation"), asker_).reason, "OK");
  ASSERT_NE(kept(), before);
}

TEST_F(P5_OverTheWire, WhatTheReporterWritesInTheseDaysIsReadBeforeAnythingGoes) {
  const std::string name = Approved(Deleting());
  const support::Filing& filing = filed_->filing;
  v1::SendMessageRequest message;
  message.set_request_id(support::DrawRequestId());
  v1::GetMailboxResponse own = Mailbox();
  message.mutable_entry()->set_envelope(Message(filing, filing.signing, "Do not.", own.thread_length(),
                                                *crypto::Digest::FromBytes(own.thread_head())));
  ASSERT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, message, SignedIn(filing)).reason, "OK");
  EXPECT_TRUE(Mailbox().unread());
  GoTo(24 * 8 + 1);
  EXPECT_EQ(Execute(name).reason, "UNREAD");
  Read();
  EXPECT_FALSE(Mailbox().unread());
  EXPECT_EQ(Execute(name).reason, "OK") << "control";
}

}  // namespace
}  // namespace alcove::promises
