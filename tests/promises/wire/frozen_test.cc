// CONFIRM_CLOCK against a real alcoved whose clock leapt: what does not check is refused by name, changes nothing and leaves the
// clock frozen; who confirms is an administrator and an auditor, of this leap and of no other.
#include <ctime>
#include <functional>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using Service = v1::ApprovalService::Stub;
using Create = v1::CreateApprovalRequest;
using Decide = v1::DecideApprovalRequest;

class Frozen_OverTheWire : public Scene {
 protected:
  // What the command `faketime` sets.
  void RestartIn(int days) {
    if (later_) {
      ASSERT_EQ(later_->Terminate(), 0);
    } else {
      ASSERT_EQ(server_->Terminate(), 0) << Log();
    }
    days_ = days;
    later_.emplace(world().serve_command(),
                   std::map<std::string, std::string>{{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
                                                      {"FAKETIME", "+" + std::to_string(days) + "d"},
                                                      {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}},
                   folder() + "/later-" + std::to_string(days) + ".log");
    ASSERT_TRUE(later_->Start(world().options().port));
    Connect();
    approvals_ = v1::ApprovalService::NewStub(channel_);
  }
  void Begin() {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "Does the clock go right?"});
    ASSERT_TRUE(filed_);
    approvals_ = v1::ApprovalService::NewStub(channel_);
  }
  bool IsFrozen(v1::GetServiceStatusResponse* status = nullptr) {
    const auto admin = v1::AdminService::NewStub(channel_);
    v1::GetServiceStatusResponse response;
    EXPECT_EQ(Ask(*admin, &v1::AdminService::Stub::GetServiceStatus, {}, SignedIn("admin"), &response).reason, "OK");
    if (status != nullptr) *status = response;
    return response.has_clock_freeze();
  }
  Create Asking(const char* by = "admin", const std::vector<std::string>& deciders = {"auditor"},
                const std::function<void(format::ApprovalTerms&)>& change = {}) {
    format::ApprovalTerms terms;
    terms.kind = format::ApprovalKind::kConfirmClock;
    terms.organisation = world().organisation().id;
    terms.approval = format::DrawId<format::ApprovalId>(SystemRandom());
    terms.day = format::Day::OfUnixSeconds(std::time(nullptr)).PlusDays(days_);
    terms.directory_version = world().directory().version;
    if (change) change(terms);
    std::vector<crypto::EncryptionKey> keys;
    for (const std::string& slug : deciders) keys.push_back(world().DecryptionKeyOf(slug).encryption_key());
    Create request;
    request.set_request_id(support::DrawRequestId());
    request.set_kind(v1::APPROVAL_KIND_CONFIRM_CLOCK);
    const auto sealed = format::SealApprovalRequest(terms, keys, "The machine was off.", world().SigningKeyOf(by), SystemRandom());
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    if (sealed.ok()) request.set_request(*sealed);
    return request;
  }
  std::string Hear(const Create& request, const char* by, v1::CreateApprovalResponse* created = nullptr) {
    return Ask(*approvals_, &Service::CreateApproval, request, SignedIn(by), created).reason;
  }
  Decide Deciding(const Create& asked, const v1::CreateApprovalResponse& created, const char* by) {
    Decide request;
    request.set_name(created.name());
    request.set_etag(created.etag());
    request.set_request_id(support::DrawRequestId());
    request.set_decision(v1::DECISION_APPROVE);
    request.set_signature(format::SignDecision(format::ParseApprovalRequest(asked.request())->statement,
                                               format::Decision::kApprove, world().SigningKeyOf(by)).str());
    return request;
  }
  std::string Hear(const Decide& request, const char* by, std::string* etag = nullptr) {
    v1::DecideApprovalResponse response;
    const std::string reason = Ask(*approvals_, &Service::DecideApproval, request, SignedIn(by), &response).reason;
    if (etag != nullptr) *etag = response.etag();
    return reason;
  }
  std::string Execute(const std::string& name, const std::string& etag, const char* by, const std::string& request_id,
                      bool with_grant = false) {
    v1::ExecuteApprovalRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(request_id);
    if (with_grant) request.add_grants("a key to nothing");
    return Ask(*approvals_, &Service::ExecuteApproval, request, SignedIn(by)).reason;
  }
  // A refusal of what somebody may not know is a leaf of its own; nothing else is to be left behind.
  std::map<base::Table, std::uint64_t> Kept() {
    auto rows = Rows();
    rows.erase(base::Table::kOpening);
    rows.erase(base::Table::kRefusal);
    return rows;
  }

  std::optional<Filed> filed_;
  int days_ = 0;
  std::optional<support::ServerProcess> later_;
  std::unique_ptr<Service> approvals_;
};

TEST_F(Frozen_OverTheWire, AClockThatDidNotLeapIsNotConfirmed) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto before = Kept();
  EXPECT_FALSE(IsFrozen());
  EXPECT_EQ(Hear(Asking(), "admin"), "APPROVAL_REFUSED");
  Create dry = Asking();
  dry.set_validate_only(true);
  EXPECT_EQ(Hear(dry, "admin"), "APPROVAL_REFUSED");
  EXPECT_EQ(Hear(Asking("officer"), "officer"), "NOTHING_HERE");
  EXPECT_EQ(Kept(), before);
}

TEST_F(Frozen_OverTheWire, WhatDoesNotCheckIsRefusedByNameAndTheClockStaysFrozen) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_NO_FATAL_FAILURE(RestartIn(12));
  v1::GetServiceStatusResponse status;
  ASSERT_TRUE(IsFrozen(&status));
  EXPECT_EQ(status.clock_frozen_since().day(), status.clock_freeze().to().day());
  EXPECT_EQ(status.clock_frozen_hours(), 0u);
  const auto before = Kept();
  const auto refused = [&](const char* what, const char* reason, Create request, const std::function<void(Create&)>& spoil = {}) {
    if (spoil) spoil(request);
    EXPECT_EQ(Hear(request, "admin"), reason) << what;
  };
  const Create good = Asking();
  for (const char* slug : {"officer", "auditor", "approver-a", "investigator-a", "custodian-a", "fallback-a"})
    EXPECT_EQ(Hear(Asking(slug), slug), "NOTHING_HERE") << slug;
  refused("signed by somebody else", "FIELD_INVALID", Asking("auditor"));
  refused("of a case", "FIELD_INVALID", good, [&](Create& r) { r.set_parent(filed_->name()); });
  refused("of a person", "FIELD_INVALID", good, [](Create& r) { r.set_person("staff/officer"); });
  refused("with a code", "FIELD_INVALID", good, [](Create& r) { r.set_code("finding_made"); });
  refused("on a condition", "FIELD_INVALID", good, [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_APPROVED); });
  refused("with an end", "FIELD_INVALID", good, [](Create& r) { r.mutable_until()->set_year(2027); });
  refused("a request of another day", "FIELD_INVALID", Asking("admin", {"auditor"}, [](auto& t) { t.day = t.day.PlusDays(-12); }));
  refused("another organisation's", "FIELD_INVALID",
          Asking("admin", {"auditor"}, [](auto& t) { t.organisation = format::DrawId<format::OrganisationId>(SystemRandom()); }));
  refused("an older directory", "ETAG_STALE", Asking("admin", {"auditor"}, [](auto& t) { t.directory_version = 0; }));
  refused("a reason for somebody who does not decide", "GRANTS_MISMATCH", Asking("admin", {"auditor", "approver-a"}));
  refused("a reason that no auditor reads", "GRANTS_MISMATCH", Asking("admin", {"approver-a"}));
  refused("no request", "FIELD_INVALID", good, [](Create& r) { r.clear_request(); });
  refused("no request id", "FIELD_INVALID", good, [](Create& r) { r.clear_request_id(); });
  EXPECT_EQ(Kept(), before);

  v1::CreateApprovalResponse created, again;
  ASSERT_EQ(Hear(good, "admin", &created), "OK");
  EXPECT_EQ(Hear(good, "admin", &again), "OK") << "a repetition";
  EXPECT_EQ(again.name(), created.name());
  Create reused = Asking();
  reused.set_request_id(good.request_id());
  EXPECT_EQ(Hear(reused, "admin"), "REQUEST_ID_REUSED");
  Create taken = good;
  taken.set_request_id(support::DrawRequestId());
  EXPECT_EQ(Hear(taken, "admin"), "FIELD_INVALID") << "an id that is taken";

  const auto asked = Kept();
  EXPECT_EQ(Hear(Deciding(good, created, "admin"), "admin"), "APPROVAL_REFUSED") << "who asks does not decide";
  for (const char* slug : {"approver-a", "officer", "investigator-a"})
    EXPECT_EQ(Hear(Deciding(good, created, slug), slug), "NOTHING_HERE") << slug;
  Decide spoilt = Deciding(good, created, "auditor");
  spoilt.set_etag("old");
  EXPECT_EQ(Hear(spoilt, "auditor"), "ETAG_STALE");
  EXPECT_EQ(Hear(Deciding(good, created, "approver-a"), "auditor"), "FIELD_INVALID") << "another's signature";
  spoilt = Deciding(good, created, "auditor");
  spoilt.set_decision(v1::DECISION_REFUSE);
  EXPECT_EQ(Hear(spoilt, "auditor"), "FIELD_INVALID") << "the signature is of the other decision";
  EXPECT_EQ(Execute(created.name(), created.etag(), "admin", support::DrawRequestId()), "APPROVAL_NOT_GRANTED");
  EXPECT_EQ(Kept(), asked);
  EXPECT_TRUE(IsFrozen());

  std::string etag;
  const Decide decides = Deciding(good, created, "auditor");
  ASSERT_EQ(Hear(decides, "auditor", &etag), "OK");
  EXPECT_EQ(Hear(decides, "auditor"), "OK") << "a repetition";
  EXPECT_EQ(Hear(Deciding(good, created, "auditor"), "auditor"), "ETAG_STALE") << "decided already";
  const auto decided = Kept();
  EXPECT_EQ(Execute(created.name(), created.etag(), "admin", support::DrawRequestId()), "ETAG_STALE");
  EXPECT_EQ(Execute(created.name(), etag, "auditor", support::DrawRequestId()), "APPROVAL_REFUSED") << "who did not ask";
  EXPECT_EQ(Execute(created.name(), etag, "officer", support::DrawRequestId()), "NOTHING_HERE");
  EXPECT_EQ(Execute(created.name(), etag, "admin", support::DrawRequestId(), true), "GRANTS_MISMATCH");
  EXPECT_EQ(Kept(), decided);
  EXPECT_TRUE(IsFrozen());
  const std::string request_id = support::DrawRequestId();
  EXPECT_EQ(Execute(created.name(), etag, "admin", request_id), "OK") << "control";
  EXPECT_FALSE(IsFrozen());
  EXPECT_EQ(Execute(created.name(), etag, "admin", request_id), "OK") << "a repetition";
  EXPECT_EQ(Execute(created.name(), etag, "admin", support::DrawRequestId()), "ETAG_STALE");
}

TEST_F(Frozen_OverTheWire, WhatWasApprovedForOneLeapConfirmsNoOther) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_NO_FATAL_FAILURE(RestartIn(12));
  const Create good = Asking();
  v1::CreateApprovalResponse created;
  ASSERT_EQ(Hear(good, "admin", &created), "OK");
  std::string etag;
  ASSERT_EQ(Hear(Deciding(good, created, "auditor"), "auditor", &etag), "OK");

  // Within the days for which a request is open.
  ASSERT_NO_FATAL_FAILURE(RestartIn(15));
  const auto before = Kept();
  EXPECT_EQ(Execute(created.name(), etag, "admin", support::DrawRequestId()), "APPROVAL_REFUSED");
  EXPECT_EQ(Kept(), before);
  v1::GetServiceStatusResponse status;
  EXPECT_TRUE(IsFrozen(&status));
  EXPECT_NE(status.clock_frozen_since().day(), status.clock_freeze().to().day()) << "frozen since the first leap";

  const Create anew = Asking();
  ASSERT_EQ(Hear(anew, "admin", &created), "OK");
  ASSERT_EQ(Hear(Deciding(anew, created, "auditor"), "auditor", &etag), "OK");
  EXPECT_EQ(Execute(created.name(), etag, "admin", support::DrawRequestId()), "OK") << "control";
  EXPECT_FALSE(IsFrozen());
}

}  // namespace
}  // namespace alcove::promises
