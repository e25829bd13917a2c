#include "crypto/format/kinds.h"

namespace alcove::format {

std::string_view Name(Keyring keyring) {
  switch (keyring) {
    case Keyring::kThread: return "THREAD";
    case Keyring::kTeam: return "TEAM";
  }
  return "UNKNOWN";
}

std::string_view Name(EntryKind kind) {
  switch (kind) {
    case EntryKind::kReport: return "REPORT";
    case EntryKind::kMessage: return "MESSAGE";
    case EntryKind::kNote: return "NOTE";
    case EntryKind::kEvidence: return "EVIDENCE";
    case EntryKind::kCustody: return "CUSTODY";
    case EntryKind::kInterview: return "INTERVIEW";
    case EntryKind::kAssessmentAtIntake: return "ASSESSMENT_AT_INTAKE";
    case EntryKind::kAssessmentBeforeInvestigation: return "ASSESSMENT_BEFORE_INVESTIGATION";
    case EntryKind::kAssessmentDuringInvestigation: return "ASSESSMENT_DURING_INVESTIGATION";
    case EntryKind::kAssessmentAtOutcome: return "ASSESSMENT_AT_OUTCOME";
    case EntryKind::kAssessmentAfterClosing: return "ASSESSMENT_AFTER_CLOSING";
    case EntryKind::kOutcomeNotice: return "OUTCOME_NOTICE";
    case EntryKind::kFieldsReleased: return "FIELDS_RELEASED";
    case EntryKind::kSummary: return "SUMMARY";
    case EntryKind::kSummaryAnswer: return "SUMMARY_ANSWER";
    case EntryKind::kSummaryServed: return "SUMMARY_SERVED";
    case EntryKind::kCheckIn: return "CHECK_IN";
    case EntryKind::kChange: return "CHANGE";
    case EntryKind::kReceiptRotated: return "RECEIPT_ROTATED";
    case EntryKind::kAllegation: return "ALLEGATION";
    case EntryKind::kFinding: return "FINDING";
    case EntryKind::kMeasure: return "MEASURE";
  }
  return "UNKNOWN";
}

std::string_view Name(ReleaseCondition condition) {
  switch (condition) {
    case ReleaseCondition::kMailbox: return "MAILBOX";
    case ReleaseCondition::kAssigned: return "ASSIGNED";
    case ReleaseCondition::kLapsed: return "LAPSED";
    case ReleaseCondition::kFallback: return "FALLBACK";
    case ReleaseCondition::kGuest: return "GUEST";
    case ReleaseCondition::kApproved: return "APPROVED";
    case ReleaseCondition::kMatched: return "MATCHED";
  }
  return "UNKNOWN";
}

std::string_view Name(ApprovalKind kind) {
  switch (kind) {
    case ApprovalKind::kAddReader: return "ADD_READER";
    case ApprovalKind::kLiftWall: return "LIFT_WALL";
    case ApprovalKind::kCloseCase: return "CLOSE_CASE";
    case ApprovalKind::kConfirmClock: return "CONFIRM_CLOCK";
    case ApprovalKind::kReleaseIdentity: return "RELEASE_IDENTITY";
    case ApprovalKind::kDelete: return "DELETE";
    case ApprovalKind::kRedact: return "REDACT";
    case ApprovalKind::kCloseUnread: return "CLOSE_UNREAD";
    case ApprovalKind::kShorten: return "SHORTEN";
    case ApprovalKind::kFalseReport: return "FALSE_REPORT";
    case ApprovalKind::kLiftHold: return "LIFT_HOLD";
  }
  return "UNKNOWN";
}

std::string_view Name(Decision decision) {
  switch (decision) {
    case Decision::kApprove: return "APPROVE";
    case Decision::kRefuse: return "REFUSE";
  }
  return "UNKNOWN";
}

std::string_view Name(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEmployment: return "EMPLOYMENT";
    case TokenKind::kEscrow: return "ESCROW";
  }
  return "UNKNOWN";
}

ApprovalRule ApprovalRuleOf(ApprovalKind kind) {
  switch (kind) {
    case ApprovalKind::kAddReader:
    case ApprovalKind::kCloseCase:
    case ApprovalKind::kConfirmClock: return {1, 0};
    case ApprovalKind::kLiftWall: return {2, 0};
    case ApprovalKind::kReleaseIdentity: return {2, 0, kReleaseOpenDays};
    // What buries something takes two people without a part in it, and time.
    case ApprovalKind::kDelete:
    case ApprovalKind::kRedact:
    case ApprovalKind::kCloseUnread:
    case ApprovalKind::kShorten:
    case ApprovalKind::kFalseReport:
    case ApprovalKind::kLiftHold: return {2, kCoolingOffDays};
  }
  return {2, kCoolingOffDays};
}

std::string_view Name(ExportPurpose purpose) {
  switch (purpose) {
    case ExportPurpose::kRegulator: return "REGULATOR";
    case ExportPurpose::kCourt: return "COURT";
    case ExportPurpose::kAccused: return "ACCUSED";
  }
  return "UNKNOWN";
}

}  // namespace alcove::format
