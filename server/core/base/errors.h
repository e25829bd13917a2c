// The reasons the service gives when it refuses, and the statuses that carry them.
//
// Every refusal that a caller can do something about is one `Reason`. A reason has exactly one status code (the table in
// errors.cc), so no two places can answer differently. The reason travels inside the `absl::Status` as a payload; the
// door of rpc reads it with `ReasonOf` and makes `google.rpc.ErrorInfo` of it. Texts are for the log of a developer and
// never carry what a caller sent. What has no reason is a fault of ours: the door answers INTERNAL with a fixed text.
//
// Rooms name their own refusals in their own errors.h, as functions over `Refuse`.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcove::base {

// Same numbers as alcove.v1.ErrorReason; a test of rpc compares the two. What each means stands beside the proto.
enum class Reason : std::uint16_t {
  kNothingHere = 1,
  kSessionRequired = 2,
  kSignInRefused = 3,
  kCallerNotAllowed = 4,
  kFieldInvalid = 5,
  kRequestIdReused = 6,
  kEtagStale = 7,
  kContended = 8,
  kEnvelopeInvalid = 9,
  kEpochInvalid = 10,
  kEpochStale = 11,
  kGrantsMismatch = 12,
  kPlanInvalid = 13,
  kPlanStale = 14,
  kWorkRequired = 15,
  kBudgetExhausted = 16,
  kStoreFull = 17,
  kStoreFailed = 18,
  kTransitionRefused = 19,
  kCodeUnknown = 20,
  kNoteInvalid = 21,
  kVersionNotNext = 22,
  kPolicyIncomplete = 23,
  kIntakeClosed = 24,
  kBlobNotNamed = 25,
  kBlobPartRefused = 26,
  kQuotaExceeded = 27,
  kKindRefused = 28,
  kNotPublished = 29,
  kCustodyNotOffered = 30,
  kStopping = 31,
  kSyncRefused = 32,
  kSyncIncomplete = 33,
  kLinkRefused = 34,
  kApprovalRefused = 35,
  kApprovalNotGranted = 36,
  kAssessmentMissing = 37,
  kFindingMissing = 38,
  kNoticeMissing = 39,
  kSummaryNotShown = 40,
  kCheckInRefused = 41,
  kClockFrozen = 42,
  kMeasuresOpen = 43,
  kMeasureRefused = 44,
  kShareRefused = 45,
  kConsentMissing = 46,
  kConsentRefused = 47,
  kNoticeRunning = 48,
  kIdentityNotHeld = 49,
  kLegalHold = 50,
  kCoolingOff = 51,
  kUnread = 52,
  kRetentionRefused = 53,
  kEmployeeUnknown = 60,
  kActionEnded = 61,
  kOfficerMissing = 62,
  kApprovalsStand = 70,
  kExportOnHold = 71,
  kTokenRequired = 72,
  kTokenRefused = 73,
  kTokenSpent = 74,
  kTokensUsedUp = 75,
  kTokenKeyMissing = 76,
  kEscrowSubjectUnknown = 77,
  kReporterUnanswered = 78,
  kOrdersNotOffered = 80,
  kOrderRefused = 81,
  kOrderAnswered = 82,
  kEventTokenUnknown = 83,
};

// Every reason, in the order of the numbers; some numbers are nobody's.
std::vector<Reason> AllReasons();

// The status of a refusal: the code that belongs to `reason`, a fixed text, the reason as payload.
absl::Status Refuse(Reason reason);

// The same with a detail for the caller under `key` ("field" names a request field, "gap" names what an organisation
// lacks). `value` is shown to the caller: fixed words only, nothing stored and nothing that was sent.
absl::Status Refuse(Reason reason, std::string_view key, std::string_view value);

// Nothing when the status is OK or carries no reason (a fault of ours).
std::optional<Reason> ReasonOf(const absl::Status& status);

// The detail under `key`, or an empty string.
std::string DetailOf(const absl::Status& status, std::string_view key);

// The status code that belongs to a reason.
absl::StatusCode CodeOf(Reason reason);

// Refusals that every room meets.
absl::Status NothingHere();                        // missing, denied and forbidden are this one answer
absl::Status FieldInvalid(std::string_view field);  // `field`: the name in the request, e.g. "entry.envelope"
absl::Status EtagStale();
absl::Status Contended();  // an expectation failed: the door decides again, then gives this to the caller
absl::Status StoreFull();
absl::Status StoreFailed();
absl::Status Stopping();

// A fault of ours, with a text for a developer: a stored row that makes no sense, a broken invariant.
absl::Status Broken(std::string_view invariant);

}  // namespace alcove::base
