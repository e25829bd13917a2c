// The rules of the contract against a table written by hand, and what keeps a server from starting.
#include "server/rpc/door/access_table.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "alcove/v1/access.pb.h"

namespace alcove::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;

struct Expected {
  std::set<v1::Caller> callers;
  v1::Relation relation;
  std::string scope = "";
};

const std::map<std::string, Expected>& Matrix() {
  using enum v1::Caller;
  using enum v1::Relation;
  static const auto& matrix = *new std::map<std::string, Expected>{
      {"/alcove.v1.SessionService/CreateChallenge", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.SessionService/CreateSession", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.SessionService/DeleteSession", {{CALLER_MAILBOX, CALLER_STAFF, CALLER_SERVICE}, RELATION_NONE}},
      {"/alcove.v1.LedgerService/GetDirectory", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.LedgerService/GetCheckpoint", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.LedgerService/GetInclusionProof", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.LedgerService/GetConsistencyProof", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.LedgerService/ListLeafHashes", {{CALLER_AUDITOR}, RELATION_NONE}},
      {"/alcove.v1.BlobService/GetBlob", {{CALLER_MAILBOX, CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.BlobService/WriteBlobPart", {{CALLER_MAILBOX, CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.BlobService/ReadBlobPart", {{CALLER_MAILBOX, CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.IntakeService/GetIntake", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.IntakeService/CreateWorkChallenge", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.IntakeService/EvaluateTags", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.IntakeService/PlanReport", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.IntakeService/SubmitReport", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.IntakeService/RequestProtection", {{CALLER_ANYONE}, RELATION_NONE}},
      {"/alcove.v1.MailboxService/GetMailbox", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/ListMessages", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/SendMessage", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/ListLeaves", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/WithdrawReport", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/ExcludeReaders", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/AnswerCheckIn", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/RotateReceipt", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/DecideConsent", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.MailboxService/ReportBadGrant", {{CALLER_MAILBOX}, RELATION_OWN_MAILBOX}},
      {"/alcove.v1.CaseService/ListCases", {{CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.CaseService/GetCase", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/OpenCase", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ListEntries", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/AppendEntry", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ClaimCase", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ChangeCaseState", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ListHistory", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/RecuseFromCase", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/LinkCases", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/CorrectSubjects", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ReportBadGrant", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/CreateAllegation", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/SetFinding", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/CreateMeasure", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ChangeMeasureState", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ExportCase", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/GetOwnKeys", {{CALLER_STAFF}, RELATION_NONE}},
      {"/alcove.v1.CaseService/PlaceHold", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.CaseService/ListTasks", {{CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.ApprovalService/CreateApproval", {{CALLER_STAFF}, RELATION_TEAM}},
      {"/alcove.v1.ApprovalService/GetApproval", {{CALLER_STAFF}, RELATION_PARTY}},
      {"/alcove.v1.ApprovalService/ListApprovals", {{CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.ApprovalService/ListHeldShares", {{CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.ApprovalService/HandOverShare", {{CALLER_STAFF}, RELATION_VISIBLE}},
      {"/alcove.v1.ApprovalService/DecideApproval", {{CALLER_STAFF}, RELATION_PARTY}},
      {"/alcove.v1.ApprovalService/CancelApproval", {{CALLER_STAFF}, RELATION_PARTY}},
      {"/alcove.v1.ApprovalService/ExecuteApproval", {{CALLER_STAFF}, RELATION_PARTY}},
      {"/alcove.v1.AdminService/PublishDirectory", {{CALLER_ADMINISTRATOR, CALLER_FOUNDER}, RELATION_NONE}},
      {"/alcove.v1.AdminService/GetPolicy", {{CALLER_ADMINISTRATOR}, RELATION_NONE}},
      {"/alcove.v1.AdminService/PublishPolicy", {{CALLER_ADMINISTRATOR}, RELATION_NONE}},
      {"/alcove.v1.AdminService/TestRouting", {{CALLER_ADMINISTRATOR}, RELATION_NONE}},
      {"/alcove.v1.AdminService/GetCoverage", {{CALLER_ADMINISTRATOR}, RELATION_NONE}},
      {"/alcove.v1.HrService/CreateSync", {{CALLER_SERVICE}, RELATION_NONE, "directory"}},
      {"/alcove.v1.HrService/UploadSyncPage", {{CALLER_SERVICE}, RELATION_NONE, "directory"}},
      {"/alcove.v1.HrService/CommitSync", {{CALLER_SERVICE}, RELATION_NONE, "directory"}},
      {"/alcove.v1.HrService/SubmitAdverseAction", {{CALLER_SERVICE}, RELATION_NONE, "actions"}},
      {"/alcove.v1.HrService/GetAdverseAction", {{CALLER_SERVICE}, RELATION_NONE, "actions"}},
      {"/alcove.v1.HrService/CancelAdverseAction", {{CALLER_SERVICE}, RELATION_NONE, "actions"}},
      {"/alcove.v1.HrService/IssueEmploymentTokens", {{CALLER_SERVICE}, RELATION_NONE, "tokens"}},
      {"/alcove.v1.ProtectionService/ListProtectionRequests", {{CALLER_PROTECTION_OFFICER}, RELATION_NONE}},
      {"/alcove.v1.ProtectionService/ListAdverseActions", {{CALLER_PROTECTION_OFFICER}, RELATION_NONE}},
      {"/alcove.v1.ProtectionService/DecideAdverseAction", {{CALLER_PROTECTION_OFFICER}, RELATION_NONE}},
      {"/alcove.v1.ProtectionService/ListAlerts", {{CALLER_PROTECTION_OFFICER}, RELATION_NONE}},
      {"/alcove.v1.AdminService/GetServiceStatus", {{CALLER_ADMINISTRATOR}, RELATION_NONE}},
  };
  return matrix;
}

TEST(Access, TheContractSaysExactlyWhatTheHandWrittenTableSays) {
  const auto table = AccessTable::Read(AccessTable::Contract());
  ASSERT_TRUE(table.ok()) << table.status();
  std::set<std::string> seen;
  for (const MethodRule& rule : table->rules()) {
    seen.insert(rule.path);
    const auto expected = Matrix().find(rule.path);
    ASSERT_NE(expected, Matrix().end()) << rule.path << " is in the contract and not in this table";
    std::set<v1::Caller> callers;
    for (const int caller : rule.access.callers()) callers.insert(static_cast<v1::Caller>(caller));
    EXPECT_EQ(callers, expected->second.callers) << rule.path;
    EXPECT_EQ(rule.access.relation(), expected->second.relation) << rule.path;
    EXPECT_EQ(rule.access.scope(), expected->second.scope) << rule.path;
  }
  EXPECT_EQ(seen.size(), Matrix().size()) << "a method of this table is not in the contract";
}

// A contract of one method, changed by `change`.
absl::Status Reading(const std::function<void(FileDescriptorProto&)>& change) {
  DescriptorPool pool(DescriptorPool::generated_pool());
  FileDescriptorProto file;
  file.set_name("try.proto");
  file.set_package("try");
  file.set_syntax("proto3");
  file.add_dependency("alcove/v1/access.proto");
  file.add_message_type()->set_name("AskRequest");
  file.add_message_type()->set_name("AskResponse");
  auto* method = file.add_service()->add_method();
  file.mutable_service(0)->set_name("TryService");
  method->set_name("Ask");
  method->set_input_type(".try.AskRequest");
  method->set_output_type(".try.AskResponse");
  v1::Access* access = method->mutable_options()->MutableExtension(v1::access);
  access->add_callers(v1::CALLER_STAFF);
  access->set_relation(v1::RELATION_NONE);
  change(file);
  const auto* built = pool.BuildFile(file);
  if (built == nullptr) return absl::UnknownError("the test's own file does not build");
  return AccessTable::Read({built->service(0)}).status();
}

v1::Access* AccessOf(FileDescriptorProto& file) {
  return file.mutable_service(0)->mutable_method(0)->mutable_options()->MutableExtension(v1::access);
}

TEST(Access, AMethodWithoutARuleOrWithABadOneKeepsTheServerFromStarting) {
  EXPECT_TRUE(Reading([](FileDescriptorProto&) {}).ok()) << "control";
  const std::map<std::string, std::function<void(FileDescriptorProto&)>> faults = {
      {"has no access option", [](auto& file) { file.mutable_service(0)->mutable_method(0)->clear_options(); }},
      {"names no caller", [](auto& file) { AccessOf(file)->clear_callers(); }},
      {"names an unknown caller", [](auto& file) { AccessOf(file)->add_callers(v1::CALLER_UNSPECIFIED); }},
      {"names no relation", [](auto& file) { AccessOf(file)->clear_relation(); }},
      {"mixes strangers", [](auto& file) { AccessOf(file)->add_callers(v1::CALLER_ANYONE); }},
      {"asks a relation of strangers",
       [](auto& file) {
         AccessOf(file)->set_callers(0, v1::CALLER_ANYONE);
         AccessOf(file)->set_relation(v1::RELATION_TEAM);
       }},
      {"has a scope", [](auto& file) { AccessOf(file)->set_scope("hr.sync"); }},
      {"streams", [](auto& file) { file.mutable_service(0)->mutable_method(0)->set_client_streaming(true); }},
      {"shares its request type",
       [](auto& file) {
         auto* second = file.mutable_service(0)->add_method();
         *second = file.service(0).method(0);
         second->set_name("AskAgain");
       }},
  };
  for (const auto& [words, fault] : faults) {
    const absl::Status status = Reading(fault);
    EXPECT_TRUE(absl::IsInternal(status)) << words << ": " << status;
    EXPECT_NE(std::string(status.message().data(), status.message().size()).find(words), std::string::npos) << status;
    EXPECT_NE(std::string(status.message().data(), status.message().size()).find("try.TryService.Ask"), std::string::npos);
  }
}

}  // namespace
}  // namespace alcove::rpc
