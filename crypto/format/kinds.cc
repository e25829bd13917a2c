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

}  // namespace alcove::format
