// The closed sets of codes that stand in layouts. A value outside a set is refused wherever bytes are parsed.
// The numbers are those of the enums in alcove.v1.
#pragma once

#include <cstdint>
#include <string_view>

namespace alcove::format {

// Who shares the key of an entry.
enum class Keyring : uint8_t {
  // Reporter and team.
  kThread = 1,
  // Team only.
  kTeam = 2,
};

// What each holds stands beside the enum in alcove.v1; which keyring and whose hand it is of, in server/core/cases/kinds.h.
enum class EntryKind : uint8_t {
  kReport = 1,
  kMessage = 2,
  kNote = 3,
  kEvidence = 4,
  kCustody = 5,
  kInterview = 6,
  // Risk of detriment, at the five points of the taxonomy's `detriment_assessment.point`.
  kAssessmentAtIntake = 7,
  kAssessmentBeforeInvestigation = 8,
  kAssessmentDuringInvestigation = 9,
  kAssessmentAtOutcome = 10,
  kAssessmentAfterClosing = 11,
  kOutcomeNotice = 12,
  kFieldsReleased = 13,
  kSummary = 14,
  kSummaryAnswer = 15,
  kSummaryServed = 16,
  kCheckIn = 17,
  kChange = 18,
  kReceiptRotated = 19,
  kAllegation = 20,
  kFinding = 21,
  kMeasure = 22,
};
inline constexpr uint8_t kLastEntryKind = 22;

// Whether an entry's body may be taken away and the entry stay. Only of what is there to be read: the report says who may never
// get a key, a rotation which keys later entries are under, and codes and summaries are held against what was sealed.
constexpr bool MayBeRedacted(EntryKind kind) {
  switch (kind) {
    case EntryKind::kMessage:
    case EntryKind::kNote:
    case EntryKind::kEvidence:
    case EntryKind::kCustody:
    case EntryKind::kInterview:
    case EntryKind::kAssessmentAtIntake:
    case EntryKind::kAssessmentBeforeInvestigation:
    case EntryKind::kAssessmentDuringInvestigation:
    case EntryKind::kAssessmentAtOutcome:
    case EntryKind::kAssessmentAfterClosing:
    case EntryKind::kOutcomeNotice:
    case EntryKind::kSummaryAnswer:
    case EntryKind::kCheckIn:
    case EntryKind::kChange: return true;
    default: return false;
  }
}

// When the server hands a grant out.
enum class ReleaseCondition : uint8_t {
  // To the reporter's own mailbox, always.
  kMailbox = 1,
  // To a desk member once the case is assigned to them.
  kAssigned = 2,
  // To the escalation recipient once the clocks lapsed unanswered.
  kLapsed = 3,
  // To a fallback from outside the chart once nobody else is left.
  kFallback = 4,
  // To outside counsel for a limited time.
  kGuest = 5,
  // To a person whom two others approved.
  kApproved = 6,
  // To the team once enough others named the same person.
  kMatched = 7,
};

// What a second person is asked to approve.
enum class ApprovalKind : uint8_t {
  // A person joins the readers of a case.
  kAddReader = 1,
  // What stood in the chart by error, and stands there no more, keeps a person out no longer.
  kLiftWall = 2,
  // A case ends.
  kCloseCase = 3,
  // The machine's clock is right although it leapt ahead. Concerns no case.
  kConfirmClock = 4,
  // Custodians open who a confidential reporter is, for whoever asked.
  kReleaseIdentity = 5,
  // A whole case is shredded.
  kDelete = 6,
  // One entry is shredded.
  kRedact = 7,
  // A case ends although nobody has read everything that its reporter wrote.
  kCloseUnread = 8,
  // A closed case is kept until an earlier day.
  kShorten = 9,
  // One allegation may be found to be knowingly false.
  kFalseReport = 10,
  // A legal hold stands no longer.
  kLiftHold = 11,
};
inline constexpr ApprovalKind kLastApprovalKind = ApprovalKind::kLiftHold;

// A request can be decided for so many days, and carried out for as many from the first moment at which it can be.
inline constexpr uint32_t kApprovalOpenDays = 7;
// RELEASE_IDENTITY: a reporter comes back when they can, and the days of their notice have to fit.
inline constexpr uint32_t kReleaseOpenDays = 30;
// Whole days between the last approval and the act, for what buries something: in them it can be taken back.
inline constexpr uint32_t kCoolingOffDays = 7;

// What a kind asks of people and of time. The service holds to it, and every client of who asked.
struct ApprovalRule {
  uint32_t needed = 1;        // who have to approve, who asks not counted; a release asks its identity (server/core/approvals)
  uint32_t waiting_days = 0;  // whole days, counted from the end of the day of the last approval
  uint32_t open_days = kApprovalOpenDays;
};

enum class Decision : uint8_t {
  kApprove = 1,
  kRefuse = 2,
};

// What a token vouches for. Two kinds, so that few may be given of the second.
enum class TokenKind : uint8_t {
  // A report by somebody who works here.
  kEmployment = 1,
  // One voice among those that an escrow waits for.
  kEscrow = 2,
};

// For whom a case is taken out of the service. How much is left out for whom, client/lib/exports knows.
enum class ExportPurpose : uint8_t {
  // An authority that examines how reports are handled.
  kRegulator = 1,
  // A court that asked for the case.
  kCourt = 2,
  // The person complained about.
  kAccused = 3,
};

constexpr bool IsKeyring(uint8_t code) { return code == 1 || code == 2; }
constexpr bool IsEntryKind(uint8_t code) { return code >= 1 && code <= kLastEntryKind; }
constexpr bool IsReleaseCondition(uint8_t code) { return code >= 1 && code <= 7; }
constexpr bool IsApprovalKind(uint8_t code) { return code >= 1 && code <= static_cast<uint8_t>(kLastApprovalKind); }
constexpr bool IsDecision(uint8_t code) { return code == 1 || code == 2; }
constexpr bool IsTokenKind(uint8_t code) { return code == 1 || code == 2; }
constexpr bool IsExportPurpose(uint8_t code) { return code >= 1 && code <= 3; }

// `THREAD`, `TEAM`.
std::string_view Name(Keyring keyring);
// As in alcove.v1 without the prefix: `REPORT`, `MESSAGE`, ...
std::string_view Name(EntryKind kind);
// `MAILBOX`, `ASSIGNED`, `LAPSED`, `FALLBACK`, `GUEST`, `APPROVED`, `MATCHED`.
std::string_view Name(ReleaseCondition condition);
// `ADD_READER`, `LIFT_WALL`, ...: as in alcove.v1 without the prefix.
std::string_view Name(ApprovalKind kind);
// `APPROVE`, `REFUSE`.
std::string_view Name(Decision decision);
// `EMPLOYMENT`, `ESCROW`.
std::string_view Name(TokenKind kind);
// `REGULATOR`, `COURT`, `ACCUSED`.
std::string_view Name(ExportPurpose purpose);

ApprovalRule ApprovalRuleOf(ApprovalKind kind);

}  // namespace alcove::format
