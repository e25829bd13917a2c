#include "server/rpc/door/status.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace alcove::rpc {
namespace {

grpc::StatusCode ToGrpc(absl::StatusCode code) { return static_cast<grpc::StatusCode>(static_cast<int>(code)); }

}  // namespace

v1::ErrorReason ToProto(base::Reason reason) { return static_cast<v1::ErrorReason>(static_cast<int>(reason)); }

std::string_view TextOf(base::Reason reason) {
  switch (reason) {
    case base::Reason::kNothingHere: return "nothing here for you";
    case base::Reason::kSessionRequired: return "sign in first";
    case base::Reason::kSignInRefused: return "signing in was refused";
    case base::Reason::kCallerNotAllowed: return "this call is not for this kind of caller";
    case base::Reason::kFieldInvalid: return "a field is malformed, out of range or too large";
    case base::Reason::kRequestIdReused: return "this request_id was used for another request";
    case base::Reason::kEtagStale: return "changed since it was read";
    case base::Reason::kContended: return "too many writers at once";
    case base::Reason::kEnvelopeInvalid: return "the envelope does not check";
    case base::Reason::kEpochInvalid: return "the epoch record does not check";
    case base::Reason::kEpochStale: return "a new epoch is due, or this one is not current";
    case base::Reason::kGrantsMismatch: return "the grants are not exactly those asked for";
    case base::Reason::kPlanInvalid: return "the plan does not check";
    case base::Reason::kPlanStale: return "the plan is no longer good";
    case base::Reason::kWorkRequired: return "the puzzle has to be solved anew";
    case base::Reason::kBudgetExhausted: return "too many calls of this kind for now";
    case base::Reason::kStoreFull: return "nothing can be stored at the moment";
    case base::Reason::kStoreFailed: return "storing failed, nothing was kept";
    case base::Reason::kTransitionRefused: return "the case cannot move there";
    case base::Reason::kCodeUnknown: return "a code is not in the taxonomy";
    case base::Reason::kNoteInvalid: return "the note is not signed by enough root holders, or is malformed";
    case base::Reason::kVersionNotNext: return "the version is not the next one";
    case base::Reason::kPolicyIncomplete: return "the document could not take effect";
    case base::Reason::kIntakeClosed: return "intake is closed";
    case base::Reason::kBlobNotNamed: return "no entry names this blob";
    case base::Reason::kBlobPartRefused: return "the part does not fit";
    case base::Reason::kQuotaExceeded: return "the case's quota is used up";
    case base::Reason::kKindRefused: return "this kind of entry is not allowed here";
    case base::Reason::kNotPublished: return "not among what is published";
    case base::Reason::kCustodyNotOffered: return "a confidential identity is not offered at the moment";
    case base::Reason::kStopping: return "the server is stopping";
    case base::Reason::kSyncRefused: return "the sync would remove more people than policy allows";
    case base::Reason::kSyncIncomplete: return "pages of the sync are missing";
    case base::Reason::kLinkRefused: return "these cases cannot be linked";
    case base::Reason::kApprovalRefused: return "a rule does not allow this, for this person or at this time";
    case base::Reason::kApprovalNotGranted: return "too few have approved";
    case base::Reason::kAssessmentMissing: return "the risk assessment of this point is missing";
    case base::Reason::kFindingMissing: return "an allegation has no finding";
    case base::Reason::kNoticeMissing: return "the reporter was not told the outcome";
    case base::Reason::kSummaryNotShown: return "the reporter has not seen this summary, or has not answered";
    case base::Reason::kCheckInRefused: return "this check-in is not due, or was answered";
    case base::Reason::kClockFrozen: return "the clock leapt ahead and is not confirmed";
    case base::Reason::kMeasuresOpen: return "measures are not carried out yet";
    case base::Reason::kMeasureRefused: return "this measure is not allowed now";
    case base::Reason::kShareRefused: return "the share does not belong to this request";
    case base::Reason::kConsentMissing: return "the reporter has not agreed";
    case base::Reason::kConsentRefused: return "there is nothing to agree to, or it was answered";
    case base::Reason::kNoticeRunning: return "the reporter was told, and still has time";
    case base::Reason::kIdentityNotHeld: return "the case holds no sealed identity";
    case base::Reason::kLegalHold: return "a legal hold stands";
    case base::Reason::kCoolingOff: return "approved, and it can still be taken back for some days";
    case base::Reason::kUnread: return "nobody has read everything that the reporter wrote";
    case base::Reason::kRetentionRefused: return "the case is not kept so";
    case base::Reason::kEmployeeUnknown: return "no sync ever told of this employee";
    case base::Reason::kActionEnded: return "the action was decided or taken back";
    case base::Reason::kOfficerMissing: return "the directory lists no protection officer";
    case base::Reason::kApprovalsStand: return "an approval of this case is undecided";
    case base::Reason::kExportOnHold: return "nothing goes to the accused while the case is on hold";
    case base::Reason::kTokenRequired: return "the desk takes reports of proven employees only";
    case base::Reason::kTokenRefused: return "the token does not vouch for this here and now";
    case base::Reason::kTokenSpent: return "the token was spent on something else";
    case base::Reason::kTokensUsedUp: return "no more tokens for this employee in this quarter";
    case base::Reason::kTokenKeyMissing: return "there is no key to issue these tokens under";
    case base::Reason::kEscrowSubjectUnknown: return "nobody named is known here, so no others could be matched";
    case base::Reason::kReporterUnanswered: return "the reporter does not know that the case is with you: write to them first";
    case base::Reason::kOrdersNotOffered: return "nobody of HR carries out orders";
    case base::Reason::kOrderRefused: return "HR has nothing to do for such a measure";
    case base::Reason::kOrderAnswered: return "this order was answered or taken back";
    case base::Reason::kEventTokenUnknown: return "no resume token of yours";
  }
  return "refused";
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::optional<base::Reason> reason = base::ReasonOf(status);
  if (!reason) return {grpc::StatusCode::INTERNAL, "a fault on our side"};

  google::rpc::ErrorInfo info;
  info.set_domain("alcove");
  info.set_reason(v1::ErrorReason_Name(ToProto(*reason)));
  for (const char* key : {"field", "gap"}) {
    if (const std::string detail = base::DetailOf(status, key); !detail.empty()) {
      (*info.mutable_metadata())[key] = detail;
    }
  }
  const std::string text(TextOf(*reason));
  google::rpc::Status details;
  details.set_code(static_cast<int>(base::CodeOf(*reason)));
  details.set_message(text);
  details.add_details()->PackFrom(info);
  return {ToGrpc(base::CodeOf(*reason)), text, details.SerializeAsString()};
}

}  // namespace alcove::rpc
