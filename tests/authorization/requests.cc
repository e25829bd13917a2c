#include "tests/authorization/requests.h"

#include <utility>

#include "alcove/v1/admin_service.pb.h"
#include "alcove/v1/approval_service.pb.h"
#include "alcove/v1/blob_service.pb.h"
#include "alcove/v1/case_service.pb.h"
#include "alcove/v1/hr_service.pb.h"
#include "alcove/v1/intake_service.pb.h"
#include "alcove/v1/ledger_service.pb.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "alcove/v1/protection_service.pb.h"
#include "alcove/v1/session_service.pb.h"
#include "crypto/format/approval.h"
#include "crypto/format/signin.h"
#include "crypto/oprf.h"
#include "server/core/cases/requests.h"
#include "server/core/ledger/records.h"

namespace alcove::authorization {
namespace {

using format::CaseName;

// The reporter whose session it is, or whose case the call names.
world::Reporter& ReporterOf(const Asking& asking) {
  const bool other = asking.scene.principal && asking.scene.principal->mailbox == asking.cast.other.mailbox;
  return other ? asking.cast.other : asking.cast.reporter;
}

cases::Case RecordOf(const Asking& asking) { return asking.cast.world.CaseOf(ReporterOf(asking)); }

std::string EtagOf(const Asking& asking) { return cases::EtagOf(asking.cast.world.ports(), RecordOf(asking)); }

template <class Source>
void SetEntry(const Source& source, v1::NewEntry* out) {
  out->set_envelope(source.envelope);
  for (const cases::BlobName& blob : source.blobs) {
    v1::BlobName* name = out->add_blobs();
    name->set_blob(format::BlobName(blob.id));
    name->set_size(blob.size);
  }
  if (source.record.empty()) return;
  out->mutable_epoch()->set_record(source.record);
  for (const crypto::Bytes& grant : source.grants) out->mutable_epoch()->add_grants(grant);
}

// A message that follows the thread as it is, signed by who calls.
void SetMessage(const Asking& asking, v1::NewEntry* out) {
  world::World& world = asking.cast.world;
  world::Reporter& reporter = ReporterOf(asking);
  const crypto::SigningKey& signer =
      asking.scene.staff.empty() ? reporter.keys.signing : world.machines.at(asking.scene.staff.text())[0].signing;
  SetEntry(world.Write(format::Keyring::kThread, format::EntryKind::kMessage, reporter.case_id, signer,
                       reporter.epochs.back()),
           out);
}

// Words of the team in TEAM, which nobody has written to, signed by who calls.
void SetWords(const Asking& asking, format::EntryKind kind, v1::NewEntry* out) {
  world::World& world = asking.cast.world;
  world::Reporter& reporter = ReporterOf(asking);
  const crypto::SigningKey& signer =
      asking.scene.staff.empty() ? reporter.keys.signing : world.machines.at(asking.scene.staff.text())[0].signing;
  const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, format::Keyring::kTeam);
  SetEntry(world.Write(format::Keyring::kTeam, kind, reporter.case_id, signer, format::EpochKey::Draw(world.random), {},
                       &team),
           out);
}

// The receipt's keys, rotated as their reporter would.
void SetRotation(const Asking& asking, v1::RotateReceiptRequest& request) {
  world::World& world = asking.cast.world;
  world::Reporter& reporter = ReporterOf(asking);
  const world::Reporter fresh = world.NewReporter();
  request.set_request_id(world.RequestId());
  request.set_mailbox(format::MailboxName(fresh.mailbox));
  request.set_mailbox_encryption_key(fresh.keys.decryption.encryption_key().str());
  request.set_mailbox_signing_key(fresh.keys.signing.verify_key().str());
  std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, format::Keyring::kThread);
  readers.front().key = fresh.keys.decryption.encryption_key();
  SetEntry(world.Write(format::Keyring::kThread, format::EntryKind::kReceiptRotated, reporter.case_id, reporter.keys.signing,
                       reporter.epochs.back(), {}, &readers),
           request.mutable_entry());
}

// An approval's row, as its own case has it; nothing for an id that never was.
std::optional<cases::Approval> ApprovalOf(const Asking& asking, const base::ApprovalId& id) {
  const auto row = asking.cast.world.rows.Get<cases::Approval>(base::RowKey(asking.target.case_id, id));
  if (!row.ok() || !*row) return std::nullopt;
  return (*row)->record;
}

// Name, etag and request of a change.
template <class Request>
void SetApproval(const Asking& asking, const base::ApprovalId& id, Request& request) {
  const std::optional<cases::Approval> approval = ApprovalOf(asking, id);
  request.set_name(format::ApprovalName(id));
  request.set_etag(cases::EtagOf(asking.cast.world.ports(), id.view(), approval ? approval->revision : 0));
  request.set_request_id(asking.cast.world.RequestId());
}

// Yes, signed by who calls; zeros where there is nothing to sign or nobody to.
crypto::Signature DecisionOf(const Asking& asking) {
  const std::optional<cases::Approval> approval = ApprovalOf(asking, asking.target.approval);
  if (!approval || asking.scene.staff.empty()) return {};
  return format::SignDecision(format::ParseApprovalRequest(approval->request)->statement, format::Decision::kApprove,
                              asking.cast.world.machines.at(asking.scene.staff.text())[0].signing);
}

void SetFacts(v1::RoutingFacts* facts) { facts->add_categories("bullying"); }

std::string BegunSync(const Asking& asking) { return "syncs/" + format::Text(asking.cast.sync); }

template <class Request, class Fill>
std::pair<std::string, std::function<std::string(const Asking&)>> For(const char* method, Fill fill) {
  return {method, [fill](const Asking& asking) {
            Request request;
            fill(asking, request);
            return request.SerializeAsString();
          }};
}

}  // namespace

const Requests& AllRequests() {
  static const Requests requests = {
      // Session
      For<v1::CreateChallengeRequest>("SessionService/CreateChallenge",
                                      [](const Asking&, auto& r) { r.set_principal(format::StaffName("amira")); }),
      For<v1::CreateSessionRequest>("SessionService/CreateSession",
                                    [](const Asking& a, auto& r) {
                                      world::World& world = a.cast.world;
                                      r.set_principal(format::StaffName("amira"));
                                      r.set_nonce(a.house.nonces().Give(r.principal()));
                                      r.set_signature(format::SignSignIn(world.machines.at("amira")[0].signing,
                                                                         world.file.id, world.log_key.verify_key(),
                                                                         r.principal(), r.nonce())->str());
                                    }),
      For<v1::DeleteSessionRequest>("SessionService/DeleteSession", [](const Asking&, auto&) {}),

      // Ledger
      For<v1::GetDirectoryRequest>("LedgerService/GetDirectory", [](const Asking&, auto&) {}),
      For<v1::GetCheckpointRequest>("LedgerService/GetCheckpoint", [](const Asking&, auto&) {}),
      For<v1::GetInclusionProofRequest>("LedgerService/GetInclusionProof",
                                        [](const Asking& a, auto& r) {
                                          // Some leaf that the published tree covers.
                                          (void)a.cast.world.rows.template Scan<ledger::LeafPlace>(
                                              "", "", SIZE_MAX, [&](base::Versioned<ledger::LeafPlace> row) {
                                                r.set_leaf_hash(row.record.key());
                                                return row.record.index != 0;
                                              });
                                          r.set_size(64);
                                        }),
      For<v1::GetConsistencyProofRequest>("LedgerService/GetConsistencyProof",
                                          [](const Asking&, auto& r) {
                                            r.set_from_size(64);
                                            r.set_to_size(64);
                                          }),
      For<v1::ListLeafHashesRequest>("LedgerService/ListLeafHashes", [](const Asking&, auto&) {}),

      // Blob
      For<v1::GetBlobRequest>("BlobService/GetBlob",
                              [](const Asking& a, auto& r) { r.set_name(format::BlobName(a.target.blob)); }),
      For<v1::ReadBlobPartRequest>("BlobService/ReadBlobPart",
                                   [](const Asking& a, auto& r) { r.set_name(format::BlobName(a.target.blob)); }),
      For<v1::WriteBlobPartRequest>("BlobService/WriteBlobPart",
                                    [](const Asking& a, auto& r) {
                                      r.set_name(format::BlobName(a.target.blob));
                                      r.set_data(std::string(1000, 'x'));
                                    }),

      // Intake
      For<v1::GetIntakeRequest>("IntakeService/GetIntake", [](const Asking&, auto&) {}),
      For<v1::CreateWorkChallengeRequest>("IntakeService/CreateWorkChallenge", [](const Asking&, auto&) {}),
      For<v1::EvaluateTagsRequest>("IntakeService/EvaluateTags",
                                   [](const Asking& a, auto& r) {
                                     r.add_blinded(crypto::Blind("emp:AMIRA", a.cast.world.random)->blinded.str());
                                   }),
      For<v1::PlanReportRequest>("IntakeService/PlanReport",
                                 [](const Asking&, auto& r) { SetFacts(r.mutable_facts()); }),
      For<v1::SubmitReportRequest>("IntakeService/SubmitReport",
                                   [](const Asking& a, auto& r) {
                                     world::World& world = a.cast.world;
                                     world::Reporter reporter = world.NewReporter();
                                     const world::Submission made = world.Prepare(reporter, world.Plan(world.Facts()));
                                     r.set_request_id(made.request_id);
                                     r.set_plan(made.plan);
                                     r.set_mailbox(format::MailboxName(made.mailbox));
                                     r.set_mailbox_encryption_key(made.encryption_key.str());
                                     r.set_mailbox_signing_key(made.verify_key.str());
                                     SetEntry(made, r.mutable_entry());
                                   }),
      For<v1::RequestProtectionRequest>("IntakeService/RequestProtection",
                                        [](const Asking& a, auto& r) {
                                          r.set_request_id(a.cast.world.RequestId());
                                          r.set_letter(a.cast.template Letter<base::ProtectionRequestId>());
                                        }),

      // Mailbox
      For<v1::GetMailboxRequest>("MailboxService/GetMailbox", [](const Asking&, auto&) {}),
      For<v1::ListMessagesRequest>("MailboxService/ListMessages", [](const Asking&, auto&) {}),
      For<v1::SendMessageRequest>("MailboxService/SendMessage",
                                  [](const Asking& a, auto& r) {
                                    r.set_request_id(a.cast.world.RequestId());
                                    SetMessage(a, r.mutable_entry());
                                  }),
      For<v1::ListLeavesRequest>("MailboxService/ListLeaves", [](const Asking&, auto&) {}),
      For<v1::WithdrawReportRequest>("MailboxService/WithdrawReport",
                                     [](const Asking& a, auto& r) {
                                       r.set_request_id(a.cast.world.RequestId());
                                       r.set_etag(EtagOf(a));
                                     }),
      For<v1::ExcludeReadersRequest>("MailboxService/ExcludeReaders",
                                     [](const Asking& a, auto& r) {
                                       r.set_request_id(a.cast.world.RequestId());
                                       r.add_readers(format::StaffName("fay"));
                                     }),
      For<v1::MailboxServiceReportBadGrantRequest>("MailboxService/ReportBadGrant",
                                                   [](const Asking& a, auto& r) {
                                                     r.set_request_id(a.cast.world.RequestId());
                                                     r.set_keyring(v1::KEYRING_THREAD);
                                                   }),

      For<v1::AnswerCheckInRequest>("MailboxService/AnswerCheckIn",
                                    [](const Asking& a, auto& r) {
                                      world::World& world = a.cast.world;
                                      world::Reporter& reporter = ReporterOf(a);
                                      r.set_request_id(world.RequestId());
                                      r.set_since(v1::CHECK_IN_SINCE_FILING);
                                      r.set_days(30);
                                      SetEntry(world.Write(format::Keyring::kThread, format::EntryKind::kCheckIn,
                                                           reporter.case_id, reporter.keys.signing, reporter.epochs.back()),
                                               r.mutable_entry());
                                    }),
      For<v1::DecideConsentRequest>("MailboxService/DecideConsent",
                                    [](const Asking& a, auto& r) {
                                      SetApproval(a, a.target.approval, r);
                                      r.set_decision(v1::DECISION_REFUSE);
                                      r.set_signature(crypto::Signature().str());
                                    }),
      For<v1::RotateReceiptRequest>("MailboxService/RotateReceipt",
                                    [](const Asking& a, auto& r) { SetRotation(a, r); }),

      // Case
      For<v1::ListCasesRequest>("CaseService/ListCases", [](const Asking&, auto&) {}),
      For<v1::GetCaseRequest>("CaseService/GetCase",
                              [](const Asking& a, auto& r) { r.set_name(CaseName(a.target.case_id)); }),
      For<v1::OpenCaseRequest>("CaseService/OpenCase",
                               [](const Asking& a, auto& r) {
                                 r.set_name(CaseName(a.target.case_id));
                                 r.set_keyring(v1::KEYRING_THREAD);
                               }),
      For<v1::ListEntriesRequest>("CaseService/ListEntries",
                                  [](const Asking& a, auto& r) {
                                    r.set_parent(CaseName(a.target.case_id));
                                    r.set_keyring(v1::KEYRING_THREAD);
                                  }),
      For<v1::AppendEntryRequest>("CaseService/AppendEntry",
                                  [](const Asking& a, auto& r) {
                                    r.set_parent(CaseName(a.target.case_id));
                                    r.set_request_id(a.cast.world.RequestId());
                                    SetMessage(a, r.mutable_entry());
                                  }),
      For<v1::ClaimCaseRequest>("CaseService/ClaimCase",
                                [](const Asking& a, auto& r) {
                                  r.set_name(CaseName(a.target.case_id));
                                  r.set_request_id(a.cast.world.RequestId());
                                  r.set_etag(EtagOf(a));
                                }),
      For<v1::ChangeCaseStateRequest>("CaseService/ChangeCaseState",
                                      [](const Asking& a, auto& r) {
                                        r.set_name(CaseName(a.target.case_id));
                                        r.set_request_id(a.cast.world.RequestId());
                                        r.set_etag(EtagOf(a));
                                        r.set_state(v1::CASE_STATE_INFORMATION_NEEDED);
                                      }),
      For<v1::ListHistoryRequest>("CaseService/ListHistory",
                                  [](const Asking& a, auto& r) { r.set_parent(CaseName(a.target.case_id)); }),
      For<v1::RecuseFromCaseRequest>("CaseService/RecuseFromCase",
                                     [](const Asking& a, auto& r) {
                                       r.set_name(CaseName(a.target.case_id));
                                       r.set_request_id(a.cast.world.RequestId());
                                     }),
      For<v1::LinkCasesRequest>("CaseService/LinkCases",
                                [](const Asking& a, auto& r) {
                                  r.set_name(CaseName(a.target.case_id));
                                  r.set_request_id(a.cast.world.RequestId());
                                  r.set_etag(EtagOf(a));
                                  r.set_other(CaseName(a.target.twin));
                                }),
      For<v1::CorrectSubjectsRequest>("CaseService/CorrectSubjects",
                                      [](const Asking& a, auto& r) {
                                        r.set_name(CaseName(a.target.case_id));
                                        r.set_request_id(a.cast.world.RequestId());
                                        r.set_etag(EtagOf(a));
                                        r.add_subjects(a.cast.world.TagOf("emp:NOBODY"));
                                      }),
      For<v1::CaseServiceReportBadGrantRequest>("CaseService/ReportBadGrant",
                                                [](const Asking& a, auto& r) {
                                                  r.set_name(CaseName(a.target.case_id));
                                                  r.set_request_id(a.cast.world.RequestId());
                                                  r.set_keyring(v1::KEYRING_THREAD);
                                                }),

      For<v1::CreateAllegationRequest>(
          "CaseService/CreateAllegation",
          [](const Asking& a, auto& r) {
            r.set_parent(CaseName(a.target.case_id));
            r.set_request_id(a.cast.world.RequestId());
            r.set_name(format::AllegationName(a.target.case_id, format::DrawId<base::AllegationId>(a.cast.world.random)));
            r.set_category("bullying");
            SetWords(a, format::EntryKind::kAllegation, r.mutable_entry());
          }),
      For<v1::SetFindingRequest>("CaseService/SetFinding",
                                 [](const Asking& a, auto& r) {
                                   r.set_name(format::AllegationName(a.target.case_id, a.target.allegation));
                                   r.set_etag(cases::EtagOf(a.cast.world.ports(), a.target.allegation.view(), 0));
                                   r.set_request_id(a.cast.world.RequestId());
                                   r.set_finding("unfounded");
                                   SetWords(a, format::EntryKind::kFinding, r.mutable_entry());
                                 }),
      For<v1::CreateMeasureRequest>(
          "CaseService/CreateMeasure",
          [](const Asking& a, auto& r) {
            const base::Day due = a.cast.world.clock.Today().PlusDays(7);
            r.set_parent(CaseName(a.target.case_id));
            r.set_request_id(a.cast.world.RequestId());
            r.set_name(format::MeasureName(a.target.case_id, format::DrawId<base::MeasureId>(a.cast.world.random)));
            r.set_kind("interim.no_contact");
            r.set_owner(format::StaffName(a.scene.staff.empty() ? "amira" : a.scene.staff.text()));
            r.mutable_due()->set_year(due.year());
            r.mutable_due()->set_month(due.month());
            r.mutable_due()->set_day(due.day_of_month());
            SetWords(a, format::EntryKind::kMeasure, r.mutable_entry());
          }),
      For<v1::ChangeMeasureStateRequest>("CaseService/ChangeMeasureState",
                                         [](const Asking& a, auto& r) {
                                           r.set_name(format::MeasureName(a.target.case_id, a.target.measure));
                                           r.set_etag(cases::EtagOf(a.cast.world.ports(), a.target.measure.view(), 0));
                                           r.set_request_id(a.cast.world.RequestId());
                                           r.set_state(v1::MEASURE_STATE_RUNNING);
                                         }),
      For<v1::ExportCaseRequest>("CaseService/ExportCase",
                                 [](const Asking& a, auto& r) {
                                   r.set_name(CaseName(a.target.case_id));
                                   r.set_request_id(a.cast.world.RequestId());
                                   r.set_purpose(v1::EXPORT_PURPOSE_COURT);
                                 }),
      For<v1::GetOwnKeysRequest>("CaseService/GetOwnKeys", [](const Asking&, auto&) {}),
      For<v1::PlaceHoldRequest>("CaseService/PlaceHold",
                                [](const Asking& a, auto& r) {
                                  r.set_name(CaseName(a.target.case_id));
                                  r.set_request_id(a.cast.world.RequestId());
                                  r.set_reason("litigation");
                                }),
      For<v1::ListTasksRequest>("CaseService/ListTasks", [](const Asking&, auto&) {}),

      // Approval
      For<v1::CreateApprovalRequest>("ApprovalService/CreateApproval",
                                     [](const Asking& a, auto& r) {
                                       r.set_parent(CaseName(a.target.case_id));
                                       r.set_kind(v1::APPROVAL_KIND_LIFT_WALL);
                                       r.set_person(format::StaffName("pia"));
                                       r.set_validate_only(true);
                                     }),
      For<v1::GetApprovalRequest>("ApprovalService/GetApproval",
                                  [](const Asking& a, auto& r) { r.set_name(format::ApprovalName(a.target.approval)); }),
      For<v1::ListApprovalsRequest>("ApprovalService/ListApprovals", [](const Asking&, auto&) {}),
      For<v1::ListHeldSharesRequest>("ApprovalService/ListHeldShares", [](const Asking&, auto&) {}),
      For<v1::HandOverShareRequest>("ApprovalService/HandOverShare",
                                    [](const Asking& a, auto& r) {
                                      r.set_case_(CaseName(a.target.case_id));
                                      r.set_request_id(a.cast.world.RequestId());
                                    }),
      For<v1::DecideApprovalRequest>("ApprovalService/DecideApproval",
                                     [](const Asking& a, auto& r) {
                                       SetApproval(a, a.target.approval, r);
                                       r.set_decision(v1::DECISION_APPROVE);
                                       r.set_signature(DecisionOf(a).str());
                                     }),
      For<v1::CancelApprovalRequest>("ApprovalService/CancelApproval",
                                     [](const Asking& a, auto& r) { SetApproval(a, a.target.approval, r); }),
      For<v1::ExecuteApprovalRequest>("ApprovalService/ExecuteApproval",
                                      [](const Asking& a, auto& r) { SetApproval(a, a.target.granted, r); }),

      // Admin
      For<v1::PublishDirectoryRequest>("AdminService/PublishDirectory",
                                       [](const Asking& a, auto& r) {
                                         world::World& world = a.cast.world;
                                         r.set_request_id(world.RequestId());
                                         r.set_note(world.Signed(*format::DirectoryText(world.NextDirectory())));
                                         r.set_validate_only(true);
                                       }),
      For<v1::GetPolicyRequest>("AdminService/GetPolicy", [](const Asking&, auto& r) { r.set_document("form"); }),
      For<v1::PublishPolicyRequest>("AdminService/PublishPolicy",
                                    [](const Asking& a, auto& r) {
                                      world::World& world = a.cast.world;
                                      constexpr people::Document kForm = people::Document::kForm;
                                      r.set_request_id(world.RequestId());
                                      r.set_note(world.Signed(world.PolicyTextOf(
                                          kForm, world::PolicyFile(kForm), world.organisation->policy_version(kForm) + 1)));
                                      r.set_validate_only(true);
                                    }),
      For<v1::TestRoutingRequest>("AdminService/TestRouting",
                                  [](const Asking&, auto& r) { SetFacts(r.mutable_facts()); }),
      For<v1::GetCoverageRequest>("AdminService/GetCoverage", [](const Asking&, auto&) {}),
      For<v1::GetServiceStatusRequest>("AdminService/GetServiceStatus", [](const Asking&, auto&) {}),

      // Hr: a sync that the service account of the cast began.
      For<v1::CreateSyncRequest>("HrService/CreateSync",
                                 [](const Asking& a, auto& r) {
                                   r.set_request_id(a.cast.world.RequestId());
                                   r.set_mode(v1::SYNC_MODE_FULL);
                                 }),
      For<v1::UploadSyncPageRequest>("HrService/UploadSyncPage",
                                     [](const Asking& a, auto& r) { r.set_name(BegunSync(a)); }),
      For<v1::CommitSyncRequest>("HrService/CommitSync",
                                 [](const Asking& a, auto& r) {
                                   r.set_request_id(a.cast.world.RequestId());
                                   r.set_name(BegunSync(a));
                                   r.set_validate_only(true);
                                 }),
      For<v1::SubmitAdverseActionRequest>("HrService/SubmitAdverseAction",
                                          [](const Asking& a, auto& r) {
                                            r.set_request_id(a.cast.world.RequestId());
                                            r.set_employee("emp:EVE");
                                            r.set_letter(a.cast.template Letter<base::AdverseActionId>());
                                          }),
      For<v1::GetAdverseActionRequest>("HrService/GetAdverseAction",
                                       [](const Asking& a, auto& r) { r.set_name(format::AdverseActionName(a.cast.action)); }),
      For<v1::CancelAdverseActionRequest>("HrService/CancelAdverseAction",
                                          [](const Asking& a, auto& r) {
                                            r.set_request_id(a.cast.world.RequestId());
                                            r.set_name(format::AdverseActionName(a.cast.action));
                                          }),

      For<v1::IssueEmploymentTokensRequest>("HrService/IssueEmploymentTokens",
                                            [](const Asking& a, auto& r) {
                                              world::World& world = a.cast.world;
                                              const auto quarter = format::Quarter::Of(world.clock.Today());
                                              const auto token = format::DrawToken(
                                                  {world.file.id, format::TokenKind::kEmployment, quarter}, world.random);
                                              r.set_request_id(world.RequestId());
                                              r.set_employee("emp:EVE");
                                              r.set_kind(v1::TOKEN_KIND_EMPLOYMENT);
                                              r.set_quarter(quarter.Text());
                                              r.add_blinded(token->blinded.blinded.str());
                                            }),

      // Protection
      For<v1::ListProtectionRequestsRequest>("ProtectionService/ListProtectionRequests", [](const Asking&, auto&) {}),
      For<v1::ListAdverseActionsRequest>("ProtectionService/ListAdverseActions", [](const Asking&, auto&) {}),
      For<v1::DecideAdverseActionRequest>("ProtectionService/DecideAdverseAction",
                                          [](const Asking& a, auto& r) {
                                            r.set_request_id(a.cast.world.RequestId());
                                            r.set_name(format::AdverseActionName(a.cast.action));
                                            r.set_verdict(v1::ADVERSE_ACTION_VERDICT_CLEARED);
                                          }),
      For<v1::ListAlertsRequest>("ProtectionService/ListAlerts", [](const Asking&, auto&) {}),
  };
  return requests;
}

}  // namespace alcove::authorization
