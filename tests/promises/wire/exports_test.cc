// P6 and 'nothing buried' against a real server: a case is taken out of the service by whoever reads it, by nobody else, for a purpose that
// there is, after it was written down and not while others still have to decide; what is refused is refused by name and changes nothing.
#include <ctime>

#include "alcove/v1/approval_service.grpc.pb.h"
#include "crypto/format/approval.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using Service = v1::CaseService::Stub;

// investigator-a holds the case; approver-a and approver-b may decide.
class Exports_OverTheWire : public Scene {
 protected:
  void Begin() {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "For a court one day.", .struck_out = {"staff/investigator-b"}});
    ASSERT_TRUE(filed_);
    staff_ = SignedIn("investigator-a");
  }
  v1::ExportCaseRequest Asking(v1::ExportPurpose purpose) {
    v1::ExportCaseRequest request;
    request.set_name(filed_->name());
    request.set_request_id(support::DrawRequestId());
    request.set_purpose(purpose);
    return request;
  }
  Heard Export(const v1::ExportCaseRequest& request, v1::ExportCaseResponse* response = nullptr) {
    return Ask(*cases_, &Service::ExportCase, request, staff_, response);
  }
  std::string Why(v1::ExportPurpose purpose) { return Export(Asking(purpose)).reason; }
  std::string Move(v1::CaseState state, const std::string& reason = "") {
    v1::GetCaseRequest get;
    get.set_name(filed_->name());
    v1::GetCaseResponse got;
    EXPECT_EQ(Ask(*cases_, &Service::GetCase, get, staff_, &got).reason, "OK");
    v1::ChangeCaseStateRequest request;
    request.set_name(filed_->name());
    request.set_etag(got.case_().etag());
    request.set_request_id(support::DrawRequestId());
    request.set_state(state);
    request.set_reason(reason);
    return Ask(*cases_, &Service::ChangeCaseState, request, staff_).reason;
  }
  std::string AskForAnApproval() {
    format::ApprovalTerms terms;
    terms.organisation = world().organisation().id;
    terms.case_id = filed_->filing.case_id;
    terms.approval = format::DrawId<format::ApprovalId>(crypto::SystemRandom());
    terms.day = format::Day::OfUnixSeconds(std::time(nullptr));
    terms.directory_version = world().directory().version;
    terms.person = "custodian-a";
    std::vector<crypto::EncryptionKey> keys;
    for (const char* slug : {"approver-a", "approver-b"}) keys.push_back(world().DecryptionKeyOf(slug).encryption_key());
    v1::CreateApprovalRequest request;
    request.set_parent(filed_->name());
    request.set_request_id(support::DrawRequestId());
    request.set_kind(v1::APPROVAL_KIND_ADD_READER);
    request.set_person("staff/custodian-a");
    request.set_condition(v1::RELEASE_CONDITION_APPROVED);
    request.set_request(*format::SealApprovalRequest(terms, keys, "she speaks Basque", world().SigningKeyOf("investigator-a"),
                                                     crypto::SystemRandom()));
    const auto approvals = v1::ApprovalService::NewStub(channel_);
    v1::CreateApprovalResponse created;
    const Heard heard = Ask(*approvals, &v1::ApprovalService::Stub::CreateApproval, request, staff_, &created);
    EXPECT_EQ(heard.reason, "OK") << heard;
    return created.name();
  }
  void TakeBack(const std::string& name) {
    const auto approvals = v1::ApprovalService::NewStub(channel_);
    v1::GetApprovalRequest get;
    get.set_name(name);
    v1::GetApprovalResponse got;
    ASSERT_EQ(Ask(*approvals, &v1::ApprovalService::Stub::GetApproval, get, staff_, &got).reason, "OK");
    v1::CancelApprovalRequest cancel;
    cancel.set_name(name);
    cancel.set_etag(got.approval().etag());
    cancel.set_request_id(support::DrawRequestId());
    ASSERT_EQ(Ask(*approvals, &v1::ApprovalService::Stub::CancelApproval, cancel, staff_).reason, "OK");
  }
  // What the reporter sees of exports.
  std::vector<std::pair<std::string, std::string>> Seen() {
    v1::ListLeavesResponse page;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, SignedIn(filed_->filing), &page).reason, "OK");
    std::vector<std::pair<std::string, std::string>> seen;
    for (const v1::LeafOpening& opening : page.leaves()) {
      const auto leaf = format::ParseLeaf(opening.content());
      if (leaf.ok() && leaf->kind == format::LeafKind::kCaseExported)
        seen.emplace_back(leaf->actor, format::DescribeDetails(*leaf)[0].second);
    }
    return seen;
  }

  std::optional<Filed> filed_;
  std::string staff_;
};

TEST_F(Exports_OverTheWire, P6_TheReporterSeesWhoAndForWhomAndItSurvivesAKill) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  v1::ExportCaseResponse response;
  ASSERT_EQ(Export(Asking(v1::EXPORT_PURPOSE_COURT), &response).reason, "OK");
  Kill();
  std::size_t leaves = 0;
  {
    const auto decoded = Decode();
    for (const format::Leaf& leaf : decoded->Leaves())
      leaves += leaf.kind == format::LeafKind::kCaseExported && leaf.actor == "investigator-a" && leaf.number == response.leaf();
  }
  EXPECT_EQ(leaves, 1U) << "on the disk before the answer was on the wire";
  ASSERT_NO_FATAL_FAILURE(Start());
  staff_ = SignedIn("investigator-a");
  EXPECT_EQ(Why(v1::EXPORT_PURPOSE_REGULATOR), "OK");
  EXPECT_EQ(Seen(), (std::vector<std::pair<std::string, std::string>>{{"investigator-a", "COURT"}, {"investigator-a", "REGULATOR"}}));
}

TEST_F(Exports_OverTheWire, P3_ToWhoeverDoesNotReadItThereIsNothingToTakeOut) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  for (const char* slug : {"investigator-b", "custodian-a", "approver-a", "admin", "auditor", "escalation"}) {
    const std::string token = SignedIn(slug);
    v1::ExportCaseRequest request = Asking(v1::EXPORT_PURPOSE_COURT);
    const Heard there = Ask(*cases_, &Service::ExportCase, request, token);
    request.set_name(format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom())));
    request.set_request_id(support::DrawRequestId());
    EXPECT_EQ(there, Ask(*cases_, &Service::ExportCase, request, token)) << slug << ": byte for byte as for a case that never was";
    EXPECT_EQ(there.reason, "NOTHING_HERE") << slug;
  }
  // Nor what stands in the way: whether there is an approval is nobody's to hear.
  AskForAnApproval();
  EXPECT_EQ(Ask(*cases_, &Service::ExportCase, Asking(v1::EXPORT_PURPOSE_COURT), SignedIn("investigator-b")).reason, "NOTHING_HERE");
  EXPECT_TRUE(Seen().empty());
}

TEST_F(Exports_OverTheWire, WhatIsRefusedIsRefusedByNameAndChangesNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_EQ(Move(v1::CASE_STATE_ACKNOWLEDGED), "OK");
  ASSERT_EQ(Why(v1::EXPORT_PURPOSE_ACCUSED), "OK") << "control";
  const auto seen = Seen();

  const auto before = Rows();
  for (const int purpose : {0, 4, 9, 256, 257, -1}) EXPECT_EQ(Why(static_cast<v1::ExportPurpose>(purpose)), "FIELD_INVALID") << purpose;
  v1::ExportCaseRequest request = Asking(v1::EXPORT_PURPOSE_COURT);
  request.set_request_id("again");
  EXPECT_EQ(Export(request).reason, "FIELD_INVALID");
  request = Asking(v1::EXPORT_PURPOSE_COURT);
  request.set_name("cases/mine");
  EXPECT_NE(Export(request).reason, "OK");

  const std::string approval = AskForAnApproval();
  const auto asked = Rows();
  for (const auto purpose : {v1::EXPORT_PURPOSE_REGULATOR, v1::EXPORT_PURPOSE_COURT, v1::EXPORT_PURPOSE_ACCUSED})
    EXPECT_EQ(Why(purpose), "APPROVALS_STAND");
  EXPECT_EQ(Rows(), asked);
  ASSERT_NO_FATAL_FAILURE(TakeBack(approval));
  EXPECT_EQ(Seen(), seen);
  EXPECT_GE(asked, before);

  ASSERT_EQ(Move(v1::CASE_STATE_ON_HOLD, "legal_advice"), "OK");
  const auto held = Rows();
  EXPECT_EQ(Why(v1::EXPORT_PURPOSE_ACCUSED), "EXPORT_ON_HOLD");
  EXPECT_EQ(Rows(), held);
  EXPECT_EQ(Seen(), seen);
  EXPECT_EQ(Why(v1::EXPORT_PURPOSE_COURT), "OK") << "a hold keeps, it does not hide";
  EXPECT_EQ(Why(v1::EXPORT_PURPOSE_REGULATOR), "OK");
  EXPECT_EQ(Seen().size(), seen.size() + 2);
}

TEST_F(Exports_OverTheWire, ARequestThatComesTwiceIsWrittenDownOnce) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::ExportCaseRequest request = Asking(v1::EXPORT_PURPOSE_REGULATOR);
  v1::ExportCaseResponse first, again;
  ASSERT_EQ(Export(request, &first).reason, "OK");
  ASSERT_EQ(Export(request, &again).reason, "OK");
  EXPECT_EQ(first.leaf(), again.leaf());
  EXPECT_EQ(Seen().size(), 1U);
  v1::ExportCaseRequest other = request;
  other.set_purpose(v1::EXPORT_PURPOSE_ACCUSED);
  EXPECT_EQ(Export(other).reason, "REQUEST_ID_REUSED") << "one that was meant for somebody else";
  EXPECT_EQ(Seen().size(), 1U);
}

}  // namespace
}  // namespace alcove::promises
