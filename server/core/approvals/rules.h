// The table of approvals: for each kind, how many have to approve, how long to wait then, to whom it may apply, and what
// carrying it out does to the case. A new kind is a row here; nothing else in the room decides by kind.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/changes.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::approvals {

// What is asked for.
struct Terms {
  format::ApprovalKind kind = format::ApprovalKind::kAddReader;
  base::StaffSlug person;  // whom it concerns; empty where the kind concerns nobody
  format::ReleaseCondition condition = format::ReleaseCondition::kApproved;  // of a new reader
  std::optional<base::Day> until;                                            // a guest's last day
  std::string code = {};  // why a case is closed, or the basis for learning who reported; empty for every other kind
  // RELEASE_IDENTITY: what the sealed identity says (identity.h, AddCustody).
  std::uint8_t threshold = 0;
  std::vector<crypto::KeyId> custodians = {};
};
Terms TermsOf(const cases::Approval& approval);

// What a release hands to who asked, and to nobody else.
struct Released {
  crypto::Bytes identity;             // "ALI1"
  std::vector<crypto::Bytes> shares;  // "ALS1"
};

// What carrying out is handed. The caller puts the case.
struct Execution {
  const cases::Ports& ports;
  cases::Case& record;
  const cases::Approval& approval;
  std::span<const crypto::BytesView> grants;  // as they arrived
  base::ChangeSet& changes;
  cases::CaseLeaves& leaves;
  Released& released;
};

// A request can be decided and carried out for so long.
inline constexpr std::uint32_t kOpenDays = 7;
// A reporter comes back when they can, and the days of their notice have to fit.
inline constexpr std::uint32_t kReleaseOpenDays = 30;

struct Rule {
  format::ApprovalKind kind;
  std::size_t needed;        // how many have to approve, who asks not counted; a release asks its identity (NeededFor)
  std::uint32_t waiting_days;  // from the last approval that was needed to carrying out
  // Whether this may be, on this case, today. Asked when somebody asks for it, and again when it is carried out: by people
  // who read the case, so it may say what the case lacks. Whatever touches the wall is APPROVAL_REFUSED.
  absl::Status (*fits)(const cases::Ports& ports, const cases::Case& record, const Terms& terms);
  absl::Status (*carry_out)(const Execution& execution);
  std::uint32_t open_days = kOpenDays;  // so long it can be decided and carried out
  bool assignee_only = false;           // only whom the case is assigned to may ask, and carry out
};

const Rule& RuleOf(format::ApprovalKind kind);
std::size_t NeededFor(const Terms& terms);

// A guest's last day is at most so far ahead.
inline constexpr std::uint32_t kMostGuestDays = 366;

}  // namespace alcove::approvals
