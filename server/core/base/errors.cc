#include "server/core/base/errors.h"

#include <absl/strings/cord.h>

#include <array>
#include <charconv>

namespace alcove::base {
namespace {

constexpr std::string_view kReasonPayload = "alcove/reason";
constexpr std::string_view kDetailPayload = "alcove/detail/";

struct Entry {
  Reason reason;
  absl::StatusCode code;
  std::string_view text;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr absl::StatusCode kExhausted = absl::StatusCode::kResourceExhausted;

// In the order of the numbers. Some numbers are nobody's.
constexpr std::array kEntries = {
    Entry{Reason::kNothingHere, absl::StatusCode::kNotFound, "nothing here for you"},
    Entry{Reason::kSessionRequired, absl::StatusCode::kUnauthenticated, "sign in"},
    Entry{Reason::kSignInRefused, absl::StatusCode::kUnauthenticated, "sign-in refused"},
    Entry{Reason::kCallerNotAllowed, absl::StatusCode::kPermissionDenied, "not for this kind of caller"},
    Entry{Reason::kFieldInvalid, kInvalid, "a field is invalid"},
    Entry{Reason::kRequestIdReused, absl::StatusCode::kAlreadyExists, "request id used for other bytes"},
    Entry{Reason::kEtagStale, absl::StatusCode::kAborted, "etag is stale"},
    Entry{Reason::kContended, absl::StatusCode::kAborted, "too many writers, repeat"},
    Entry{Reason::kEnvelopeInvalid, kInvalid, "envelope is invalid"},
    Entry{Reason::kEpochInvalid, kInvalid, "epoch record is invalid"},
    Entry{Reason::kEpochStale, kPrecondition, "epoch is stale"},
    Entry{Reason::kGrantsMismatch, kInvalid, "grants do not match"},
    Entry{Reason::kPlanInvalid, kInvalid, "plan is invalid"},
    Entry{Reason::kPlanStale, kPrecondition, "plan is stale"},
    Entry{Reason::kWorkRequired, kPrecondition, "work required"},
    Entry{Reason::kBudgetExhausted, kExhausted, "budget used up"},
    Entry{Reason::kStoreFull, kExhausted, "store is full"},
    Entry{Reason::kStoreFailed, absl::StatusCode::kUnavailable, "store failed"},
    Entry{Reason::kTransitionRefused, kPrecondition, "no such transition"},
    Entry{Reason::kCodeUnknown, kInvalid, "unknown code"},
    Entry{Reason::kNoteInvalid, kInvalid, "note is invalid"},
    Entry{Reason::kVersionNotNext, kPrecondition, "not the next version"},
    Entry{Reason::kPolicyIncomplete, kPrecondition, "policy is incomplete"},
    Entry{Reason::kIntakeClosed, kPrecondition, "intake is closed"},
    Entry{Reason::kBlobNotNamed, kPrecondition, "blob is not named"},
    Entry{Reason::kBlobPartRefused, kPrecondition, "blob part refused"},
    Entry{Reason::kQuotaExceeded, kExhausted, "quota used up"},
    Entry{Reason::kKindRefused, kPrecondition, "kind not allowed here"},
    Entry{Reason::kNotPublished, absl::StatusCode::kNotFound, "not published"},
    Entry{Reason::kCustodyNotOffered, kPrecondition, "custody not offered"},
    Entry{Reason::kStopping, absl::StatusCode::kUnavailable, "stopping"},
    Entry{Reason::kSyncRefused, kPrecondition, "sync would remove too much"},
    Entry{Reason::kSyncIncomplete, kPrecondition, "sync is not complete"},
    Entry{Reason::kLinkRefused, kPrecondition, "cases cannot be linked"},
    Entry{Reason::kApprovalRefused, kPrecondition, "approval refused by a rule"},
    Entry{Reason::kApprovalNotGranted, kPrecondition, "approval not granted"},
    Entry{Reason::kAssessmentMissing, kPrecondition, "assessment is missing"},
    Entry{Reason::kFindingMissing, kPrecondition, "finding is missing"},
    Entry{Reason::kNoticeMissing, kPrecondition, "outcome notice is missing"},
    Entry{Reason::kSummaryNotShown, kPrecondition, "summary not shown"},
    Entry{Reason::kCheckInRefused, kPrecondition, "check-in refused"},
    Entry{Reason::kClockFrozen, kPrecondition, "clock frozen"},
    Entry{Reason::kMeasuresOpen, kPrecondition, "measures are open"},
    Entry{Reason::kMeasureRefused, kPrecondition, "measure refused"},
    Entry{Reason::kShareRefused, kInvalid, "share refused"},
    Entry{Reason::kConsentMissing, kPrecondition, "consent missing"},
    Entry{Reason::kConsentRefused, kPrecondition, "consent refused"},
    Entry{Reason::kNoticeRunning, kPrecondition, "notice running"},
    Entry{Reason::kIdentityNotHeld, kPrecondition, "identity not held"},
    Entry{Reason::kLegalHold, kPrecondition, "a legal hold stands"},
    Entry{Reason::kCoolingOff, kPrecondition, "the waiting time is not over"},
    Entry{Reason::kUnread, kPrecondition, "something is unread"},
    Entry{Reason::kRetentionRefused, kPrecondition, "retention cannot be changed so"},
    Entry{Reason::kEmployeeUnknown, kPrecondition, "employee is unknown"},
    Entry{Reason::kActionEnded, kPrecondition, "action was decided or taken back"},
    Entry{Reason::kOfficerMissing, kPrecondition, "no protection officer"},
    Entry{Reason::kApprovalsStand, kPrecondition, "approvals are undecided"},
    Entry{Reason::kExportOnHold, kPrecondition, "not to the accused while on hold"},
    Entry{Reason::kTokenRequired, kPrecondition, "a token is required"},
    Entry{Reason::kTokenRefused, kPrecondition, "token refused"},
    Entry{Reason::kTokenSpent, kPrecondition, "token was spent"},
    Entry{Reason::kTokensUsedUp, kExhausted, "no more tokens this quarter"},
    Entry{Reason::kTokenKeyMissing, kPrecondition, "no key to issue under"},
    Entry{Reason::kEscrowSubjectUnknown, kPrecondition, "no subject of an escrow is known"},
    Entry{Reason::kReporterUnanswered, kPrecondition, "the reporter was not written to"},
    Entry{Reason::kOrdersNotOffered, kPrecondition, "nobody carries out orders"},
    Entry{Reason::kOrderRefused, kPrecondition, "not a measure for HR"},
    Entry{Reason::kOrderAnswered, kPrecondition, "order was answered or taken back"},
    Entry{Reason::kEventTokenUnknown, kInvalid, "unknown resume token"},
};
constexpr Entry kNone = {Reason{}, absl::StatusCode::kInternal, "internal"};

const Entry& EntryOf(int number) {
  for (const Entry& entry : kEntries)
    if (static_cast<int>(entry.reason) == number) return entry;
  return kNone;
}

const Entry& EntryOf(Reason reason) { return EntryOf(static_cast<int>(reason)); }

}  // namespace

absl::Status Refuse(Reason reason) {
  const Entry& entry = EntryOf(reason);
  absl::Status status(entry.code, absl::string_view(entry.text.data(), entry.text.size()));
  status.SetPayload(absl::string_view(kReasonPayload.data(), kReasonPayload.size()),
                    absl::Cord(std::to_string(static_cast<int>(reason))));
  return status;
}

absl::Status Refuse(Reason reason, std::string_view key, std::string_view value) {
  absl::Status status = Refuse(reason);
  status.SetPayload(std::string(kDetailPayload).append(key), absl::Cord(absl::string_view(value.data(), value.size())));
  return status;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(absl::string_view(kReasonPayload.data(), kReasonPayload.size()));
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || &EntryOf(number) == &kNone) return std::nullopt;
  return static_cast<Reason>(number);
}

std::string DetailOf(const absl::Status& status, std::string_view key) {
  const auto payload = status.GetPayload(std::string(kDetailPayload).append(key));
  return payload ? std::string(*payload) : std::string();
}

std::vector<Reason> AllReasons() {
  std::vector<Reason> reasons;
  for (const Entry& entry : kEntries) reasons.push_back(entry.reason);
  return reasons;
}

absl::StatusCode CodeOf(Reason reason) { return EntryOf(reason).code; }

absl::Status NothingHere() { return Refuse(Reason::kNothingHere); }
absl::Status FieldInvalid(std::string_view field) { return Refuse(Reason::kFieldInvalid, "field", field); }
absl::Status EtagStale() { return Refuse(Reason::kEtagStale); }
absl::Status Contended() { return Refuse(Reason::kContended); }
absl::Status StoreFull() { return Refuse(Reason::kStoreFull); }
absl::Status StoreFailed() { return Refuse(Reason::kStoreFailed); }
absl::Status Stopping() { return Refuse(Reason::kStopping); }

absl::Status Broken(std::string_view invariant) {
  return absl::InternalError(absl::string_view(invariant.data(), invariant.size()));
}

}  // namespace alcove::base
