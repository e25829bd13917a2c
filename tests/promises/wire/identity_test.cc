// P4 against a real server: a confidential identity opens for whoever asked, with the reporter's consent and k custodians, and
// for nobody else who has the disk, the server's keys, the team's keys and one custodian's. What does not check is refused by
// name and leaves nothing behind.
#include <ctime>
#include <functional>

#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/format/identity.h"
#include "crypto/format/share.h"
#include "crypto/random.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using Service = v1::ApprovalService::Stub;

constexpr std::string_view kName = "Noor Example, call after six";
constexpr std::string_view kReason = "the court wants to hear her";

// investigator-a holds the case; custodian-a, -b and -c hold the shares, two open it; approver-a and -b may approve.
class Identity_OverTheWire : public Scene {
 protected:
  void Begin() {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "In confidence.", .struck_out = {"staff/investigator-b"}, .identity = std::string(kName)});
    ASSERT_TRUE(filed_);
    approvals_ = v1::ApprovalService::NewStub(channel_);
    asker_ = SessionOf("investigator-a");
    reporter_ = SignedIn(filed_->filing);
  }

  // One session a person: a few of somebody's are kept, and the oldest gives way.
  const std::string& SessionOf(const std::string& slug) {
    std::string& session = staff_[slug];
    if (session.empty()) session = SignedIn(slug);
    return session;
  }

  v1::CreateApprovalRequest Asking(const std::string& basis, const std::function<void(format::ApprovalTerms&)>& change = {},
                                   const std::function<void(std::vector<crypto::EncryptionKey>&)>& readers = {}) {
    format::ApprovalTerms terms;
    terms.kind = format::ApprovalKind::kReleaseIdentity;
    terms.organisation = world().organisation().id;
    terms.case_id = filed_->filing.case_id;
    terms.approval = format::DrawId<format::ApprovalId>(SystemRandom());
    terms.day = format::Day::OfUnixSeconds(std::time(nullptr));
    terms.directory_version = world().directory().version;
    terms.code = basis;
    if (change) change(terms);
    std::vector<std::string> deciders{"custodian-a", "custodian-b", "custodian-c"};
    if (basis != "consent") deciders.insert(deciders.begin(), {"approver-a", "approver-b"});
    std::vector<crypto::EncryptionKey> keys;
    for (const std::string& slug : deciders) keys.push_back(world().DecryptionKeyOf(slug).encryption_key());
    keys.push_back(filed_->filing.decryption.encryption_key());
    if (readers) readers(keys);
    v1::CreateApprovalRequest request;
    request.set_parent(filed_->name());
    request.set_request_id(support::DrawRequestId());
    request.set_kind(v1::APPROVAL_KIND_RELEASE_IDENTITY);
    request.set_code(basis);
    request.set_request(*format::SealApprovalRequest(terms, keys, kReason, world().SigningKeyOf("investigator-a"), SystemRandom()));
    return request;
  }
  std::string Ask(const std::string& basis) {
    v1::CreateApprovalResponse created;
    const Heard heard = promises::Ask(*approvals_, &Service::CreateApproval, Asking(basis), asker_, &created);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return created.name();
  }
  v1::Approval Get(const std::string& name, const std::string& who = "investigator-a") {
    v1::GetApprovalRequest request;
    request.set_name(name);
    v1::GetApprovalResponse response;
    const Heard heard = promises::Ask(*approvals_, &Service::GetApproval, request, SessionOf(who), &response);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return response.approval();
  }
  template <class Request>
  void Change(const std::string& name, Request& request) {
    request.set_name(name);
    request.set_etag(Get(name).etag());
    request.set_request_id(support::DrawRequestId());
  }
  v1::DecideConsentRequest Consenting(const std::string& name, v1::Decision decision = v1::DECISION_APPROVE) {
    v1::DecideConsentRequest request;
    Change(name, request);
    request.set_decision(decision);
    request.set_signature(format::SignConsent(format::ParseApprovalRequest(Get(name).request())->statement,
                                              static_cast<format::Decision>(decision), filed_->filing.signing).str());
    return request;
  }
  Heard Consent(const v1::DecideConsentRequest& request) {
    return promises::Ask(*mailbox_, &v1::MailboxService::Stub::DecideConsent, request, reporter_);
  }
  v1::DecideApprovalRequest Deciding(const std::string& name, const std::string& who) {
    v1::DecideApprovalRequest request;
    Change(name, request);
    const v1::Approval approval = Get(name, who);
    const auto statement = format::ParseApprovalRequest(approval.request())->statement;
    request.set_decision(v1::DECISION_APPROVE);
    request.set_signature(format::SignDecision(statement, format::Decision::kApprove, world().SigningKeyOf(who)).str());
    if (!approval.has_held_share()) return request;
    const auto share = format::OpenHeldShare({.organisation = world().organisation().id,
                                              .case_id = filed_->filing.case_id,
                                              .threshold = static_cast<uint8_t>(approval.held_share().threshold()),
                                              .custodians = static_cast<uint8_t>(approval.held_share().custodians()),
                                              .index = static_cast<uint8_t>(approval.held_share().index()),
                                              .sealed = approval.held_share().sealed()},
                                             world().DecryptionKeyOf(who));
    EXPECT_TRUE(share.ok()) << share.status();
    request.set_share(*format::GiveShare(statement, *share, world().DecryptionKeyOf("investigator-a").encryption_key(),
                                         world().SigningKeyOf(who), SystemRandom()));
    return request;
  }
  Heard Decide(const v1::DecideApprovalRequest& request, const std::string& who) {
    return promises::Ask(*approvals_, &Service::DecideApproval, request, SessionOf(who));
  }
  v1::ExecuteApprovalRequest Executing(const std::string& name) {
    v1::ExecuteApprovalRequest request;
    Change(name, request);
    return request;
  }
  v1::GetMailboxResponse Mailbox() {
    v1::GetMailboxResponse response;
    EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, reporter_, &response).reason, "OK");
    return response;
  }
  std::string Opened(const v1::ExecuteApprovalResponse& response) const {
    const auto identity = format::ParseIdentity(response.identity());
    EXPECT_TRUE(identity.ok()) << identity.status();
    std::vector<format::IdentityShare> shares;
    for (const std::string& bytes : response.shares()) {
      auto share = format::OpenGivenShare(*format::ParseShare(bytes), world().DecryptionKeyOf("investigator-a"));
      EXPECT_TRUE(share.ok()) << share.status();
      if (share.ok()) shares.push_back(*std::move(share));
    }
    const auto text = format::OpenIdentity(*identity, shares, filed_->filing.epoch_key);
    EXPECT_TRUE(text.ok()) << text.status();
    return text.ok() ? std::string(text->view()) : "";
  }
  // A refusal of what somebody may not know is a leaf of its own; nothing else is to be left behind.
  std::map<base::Table, std::uint64_t> Kept() const {
    auto rows = Rows();
    rows.erase(base::Table::kOpening);
    rows.erase(base::Table::kRefusal);
    return rows;
  }

  std::optional<Filed> filed_;
  std::unique_ptr<Service> approvals_;
  std::string asker_, reporter_;
  std::map<std::string, std::string> staff_;
};

TEST_F(Identity_OverTheWire, P4_OpensForWhoeverAskedAndForNoThiefWithOneCustodianTheServersKeysAndTheTeams) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string name = Ask("consent");
  ASSERT_EQ(Mailbox().identity_requests_size(), 1);
  const v1::Approval shown = Mailbox().identity_requests(0);
  const auto why = format::OpenReason(*format::ParseApprovalRequest(shown.request()), filed_->filing.decryption);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->view(), kReason);
  EXPECT_EQ(Decide(Deciding(name, "custodian-a"), "custodian-a").reason, "CONSENT_MISSING");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "CONSENT_MISSING");
  ASSERT_EQ(Consent(Consenting(name)).reason, "OK");
  ASSERT_EQ(Decide(Deciding(name, "custodian-a"), "custodian-a").reason, "OK");

  // The disk as it is now, read with the server's keys; and with it every key of the team and of custodian-a.
  Kill();
  {
    const auto disk = Decode();
    std::string sealed;
    std::vector<std::string> given;
    EXPECT_TRUE(disk->rows().Scan<cases::Identity>("", "", SIZE_MAX, [&](auto row) {
      sealed = row.record.sealed;
      return true;
    }).ok());
    EXPECT_TRUE(disk->rows().Scan<cases::Approval>("", "", SIZE_MAX, [&](auto row) {
      for (const auto& decision : row.record.decisions)
        if (!decision.share.empty()) given.push_back(decision.share);
      return true;
    }).ok());
    ASSERT_EQ(given.size(), 1u) << "control: the row is what was looked into";
    const auto identity = *format::ParseIdentity(sealed);
    const auto recover = [&](const std::vector<std::string>& people) -> std::string {
      std::map<std::uint8_t, format::IdentityShare> found;
      for (const std::string& slug : people) {
        const crypto::DecryptionKey& key = world().DecryptionKeyOf(slug);
        for (std::size_t i = 0; i < identity.custodians; ++i)
          if (auto share = format::OpenHeldShare(identity.ShareAt(i), key); share.ok()) found.emplace(share->index, *std::move(share));
        for (const std::string& bytes : given)
          if (auto share = format::OpenGivenShare(*format::ParseShare(bytes), key); share.ok()) found.emplace(share->index, *std::move(share));
      }
      std::vector<format::IdentityShare> shares;
      for (auto& [index, share] : found)
        if (shares.size() < identity.threshold) shares.push_back(std::move(share));
      if (auto text = format::OpenIdentity(identity, shares, filed_->filing.epoch_key); text.ok()) return std::string(text->view());
      // One share, as if it were another's too.
      for (std::uint8_t index = 1; index <= identity.custodians && shares.size() == 1; ++index) {
        std::vector<format::IdentityShare> pair;
        pair.push_back({shares[0].index, shares[0].value.Clone()});
        pair.push_back({index, shares[0].value.Clone()});
        if (auto text = format::OpenIdentity(identity, pair, filed_->filing.epoch_key); text.ok()) return std::string(text->view());
      }
      return "";
    };
    const std::vector<std::string> team{"investigator-a", "investigator-b", "escalation", "fallback-a", "fallback-b",
                                        "admin", "auditor", "officer", "approver-a", "approver-b", "custodian-a"};
    EXPECT_EQ(recover(team), "");
    std::vector<std::string> enough = team;
    enough.push_back("custodian-b");
    EXPECT_EQ(recover(enough), kName) << "control: with k of them the same attempt opens it";
  }
  Start();
  approvals_ = v1::ApprovalService::NewStub(channel_);
  staff_.clear();
  asker_ = SessionOf("investigator-a");
  reporter_ = SignedIn(filed_->filing);
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "APPROVAL_NOT_GRANTED");
  ASSERT_EQ(Decide(Deciding(name, "custodian-b"), "custodian-b").reason, "OK");
  for (const char* slug : {"custodian-a", "custodian-c"})
    EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), SessionOf(slug)).reason, "APPROVAL_REFUSED") << slug;
  for (const char* slug : {"admin", "approver-a", "investigator-b", "escalation", "fallback-a", "officer"})
    EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), SessionOf(slug)).reason, "NOTHING_HERE") << slug;

  v1::ExecuteApprovalResponse released;
  ASSERT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_, &released).reason, "OK");
  EXPECT_EQ(Opened(released), kName);
  EXPECT_EQ(Mailbox().identity_requests(0).state(), v1::APPROVAL_STATE_EXECUTED);
  EXPECT_EQ(Decide(Deciding(name, "custodian-c"), "custodian-c").reason, "APPROVAL_REFUSED") << "it is over";
  Kill();
  EXPECT_TRUE(Holding(FilesUnder({folder()}), kName).empty());
}

TEST_F(Identity_OverTheWire, P4_ANoByTheReporterAndDaysThatAreNotOverOpenNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string asked = Ask("consent");
  ASSERT_EQ(Consent(Consenting(asked)).reason, "OK");
  for (const char* slug : {"custodian-a", "custodian-c"}) ASSERT_EQ(Decide(Deciding(asked, slug), slug).reason, "OK");
  EXPECT_EQ(Get(asked).state(), v1::APPROVAL_STATE_APPROVED) << "control";
  ASSERT_EQ(Consent(Consenting(asked, v1::DECISION_REFUSE)).reason, "OK") << "taken back";
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(asked), asker_).reason, "APPROVAL_REFUSED");

  const std::string told = Ask("court_order");
  EXPECT_EQ(Mailbox().identity_requests(1).code(), "court_order") << "before anybody decides";
  EXPECT_EQ(Consent(Consenting(told, v1::DECISION_REFUSE)).reason, "CONSENT_REFUSED");
  EXPECT_EQ(Decide(Deciding(told, "custodian-a"), "custodian-a").reason, "APPROVAL_NOT_GRANTED");
  ASSERT_EQ(Decide(Deciding(told, "approver-b"), "approver-b").reason, "OK");
  EXPECT_TRUE(Mailbox().identity_requests(1).has_opens());
  EXPECT_FALSE(Get(told, "custodian-a").has_held_share());
  EXPECT_EQ(Decide(Deciding(told, "custodian-a"), "custodian-a").reason, "NOTICE_RUNNING");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(told), asker_).reason, "NOTICE_RUNNING");
}

TEST_F(Identity_OverTheWire, WhatDoesNotCheckIsRefusedByNameAndLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  using Create = v1::CreateApprovalRequest;
  auto before = Kept();
  const auto unasked = [&](const char* what, const char* reason, const std::function<void(Create&)>& spoil, Create request) {
    spoil(request);
    EXPECT_EQ(promises::Ask(*approvals_, &Service::CreateApproval, request, asker_).reason, reason) << what;
  };
  unasked("on no basis", "FIELD_INVALID", [](Create& r) { r.clear_code(); }, Asking("consent"));
  unasked("on a very long basis", "FIELD_INVALID", [](Create& r) { r.set_code(std::string(65, 'x')); }, Asking("consent"));
  unasked("on a basis that was not signed", "FIELD_INVALID", [](Create& r) { r.set_code("court_order"); },
          Asking("court_order", [](format::ApprovalTerms& t) { t.code = "statutory_duty"; }));
  unasked("on a basis that nobody knows", "CODE_UNKNOWN", [](Create&) {}, Asking("curiosity"));
  unasked("about a person", "FIELD_INVALID", [](Create& r) { r.set_person("staff/custodian-a"); }, Asking("consent"));
  unasked("on a condition", "FIELD_INVALID", [](Create& r) { r.set_condition(v1::RELEASE_CONDITION_APPROVED); }, Asking("consent"));
  unasked("without the reporter among its readers", "GRANTS_MISMATCH", [](Create&) {},
          Asking("consent", {}, [](auto& keys) { keys.pop_back(); }));
  unasked("without a custodian among its readers", "GRANTS_MISMATCH", [](Create&) {},
          Asking("consent", {}, [](auto& keys) { keys.erase(keys.begin()); }));
  unasked("with one reader more", "GRANTS_MISMATCH", [](Create&) {},
          Asking("consent", {}, [&](auto& keys) { keys.push_back(world().DecryptionKeyOf("admin").encryption_key()); }));
  unasked("without a signature that is the caller's", "FIELD_INVALID", [](Create& r) { r.mutable_request()->at(150) ^= 1; }, Asking("consent"));
  EXPECT_EQ(promises::Ask(*approvals_, &Service::CreateApproval, Asking("consent"), SessionOf("fallback-a")).reason, "NOTHING_HERE");
  const auto anonymous = File({.narrative = "By nobody.", .struck_out = {"staff/investigator-b"}});
  ASSERT_TRUE(anonymous);
  before = Kept();
  Create of_nobody = Asking("consent", [&](format::ApprovalTerms& t) { t.case_id = anonymous->filing.case_id; });
  of_nobody.set_parent(anonymous->name());
  unasked("where none is sealed", "IDENTITY_NOT_HELD", [](Create&) {}, of_nobody);
  EXPECT_EQ(Kept(), before);

  const std::string name = Ask("consent");
  unasked("a second one", "APPROVAL_REFUSED", [](Create&) {}, Asking("court_order"));
  before = Kept();
  using Answer = v1::DecideConsentRequest;
  const auto unheard = [&](const char* what, const char* reason, const std::function<void(Answer&)>& spoil) {
    Answer request = Consenting(name);
    spoil(request);
    EXPECT_EQ(Consent(request).reason, reason) << what;
  };
  unheard("no name", "FIELD_INVALID", [](Answer& r) { r.clear_name(); });
  unheard("a request that never was", "NOTHING_HERE",
          [](Answer& r) { r.set_name(format::ApprovalName(format::DrawId<format::ApprovalId>(SystemRandom()))); });
  unheard("no request id", "FIELD_INVALID", [](Answer& r) { r.clear_request_id(); });
  unheard("an old etag", "ETAG_STALE", [](Answer& r) { r.set_etag("old"); });
  unheard("no decision", "FIELD_INVALID", [](Answer& r) { r.clear_decision(); });
  unheard("an unknown decision", "FIELD_INVALID", [](Answer& r) { r.set_decision(static_cast<v1::Decision>(7)); });
  unheard("the other decision", "FIELD_INVALID", [](Answer& r) { r.set_decision(v1::DECISION_REFUSE); });
  unheard("no signature", "FIELD_INVALID", [](Answer& r) { r.clear_signature(); });
  unheard("a long signature", "FIELD_INVALID", [](Answer& r) { r.mutable_signature()->append(100'000, 'x'); });
  unheard("a forged signature", "FIELD_INVALID", [](Answer& r) { r.mutable_signature()->front() ^= 1; });
  EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::DecideConsent, Consenting(name), SignedIn(anonymous->filing)).reason,
            "NOTHING_HERE") << "another reporter";
  EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::DecideConsent, Consenting(name), asker_).reason, "CALLER_NOT_ALLOWED");
  EXPECT_EQ(promises::Ask(*mailbox_, &v1::MailboxService::Stub::DecideConsent, Consenting(name)).reason, "SESSION_REQUIRED");
  EXPECT_EQ(Kept(), before);
  const Answer yes = Consenting(name);
  ASSERT_EQ(Consent(yes).reason, "OK") << "control";
  EXPECT_EQ(Consent(yes).reason, "OK") << "the same request is the same act";
  unheard("the same again", "CONSENT_REFUSED", [](Answer&) {});

  before = Kept();
  using Giving = v1::DecideApprovalRequest;
  const v1::DecideApprovalRequest others = Deciding(name, "custodian-b");
  const auto wrong = [&](const char* what, const char* reason, const std::function<void(Giving&)>& spoil) {
    Giving request = Deciding(name, "custodian-a");
    spoil(request);
    EXPECT_EQ(Decide(request, "custodian-a").reason, reason) << what;
  };
  wrong("no share", "SHARE_REFUSED", [](Giving& r) { r.clear_share(); });
  wrong("half a share", "SHARE_REFUSED", [](Giving& r) { r.mutable_share()->resize(132); });
  wrong("a long share", "SHARE_REFUSED", [](Giving& r) { r.mutable_share()->append(100'000, 'x'); });
  wrong("another custodian's share", "SHARE_REFUSED", [&](Giving& r) { r.set_share(others.share()); });
  wrong("a changed seal", "SHARE_REFUSED", [](Giving& r) { r.mutable_share()->at(160) ^= 1; });
  wrong("a changed recipient", "SHARE_REFUSED", [](Giving& r) { r.mutable_share()->at(110) ^= 1; });
  wrong("a share with a refusal", "FIELD_INVALID", [](Giving& r) { r.set_decision(v1::DECISION_REFUSE); });
  v1::ExecuteApprovalRequest early = Executing(name);
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, early, asker_).reason, "APPROVAL_NOT_GRANTED");
  EXPECT_EQ(Kept(), before);
  wrong("control", "OK", [](Giving&) {});
  wrong("twice", "APPROVAL_REFUSED", [](Giving&) {});
  ASSERT_EQ(Decide(Deciding(name, "custodian-c"), "custodian-c").reason, "OK");
  v1::ExecuteApprovalRequest with_grants = Executing(name);
  with_grants.add_grants("a grant");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, with_grants, asker_).reason, "GRANTS_MISMATCH");
  EXPECT_EQ(promises::Ask(*approvals_, &Service::ExecuteApproval, Executing(name), asker_).reason, "OK") << "control";
}

}  // namespace
}  // namespace alcove::promises
