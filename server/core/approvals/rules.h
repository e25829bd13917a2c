// The table of approvals: for each kind to whom it may apply, whether a legal hold outranks it, and what carrying it out does to
// the case. How many have to approve and how long to wait then stands in crypto/format/kinds.h, because clients hold to it too. A
// new kind is a row here and there; nothing else in the room decides by kind.
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
  std::optional<base::Day> until;  // a guest's last day, or the last on which a case is kept
  std::string code = {};           // what the kind asks for (crypto/format/approval.h); empty where it asks for none
  // RELEASE_IDENTITY: what the sealed identity says (identity.h, AddCustody).
  std::uint8_t threshold = 0;
  std::vector<crypto::KeyId> custodians = {};
};
Terms TermsOf(const cases::Approval& approval);

// What a release hands to who asked, and to nobody else.
struct Released {
  crypto::Bytes identity;             // "ALI1"
  std::vector<crypto::Bytes> handed;  // what was handed over since ("ALS1"), so that givers can be told from strangers
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

struct Rule {
  format::ApprovalKind kind;
  bool outranked;  // LEGAL_HOLD while a hold stands: when it is asked for, approved, and carried out
  // Whether this may be, on this case, today. Asked when somebody asks for it, and again when it is carried out: by people
  // who read the case, so it may say what the case lacks. Whatever touches the wall is APPROVAL_REFUSED.
  absl::Status (*fits)(const cases::Ports& ports, const cases::Case& record, const Terms& terms);
  absl::Status (*carry_out)(const Execution& execution);
  bool assignee_only = false;  // only whom the case is assigned to may ask, and carry out
  // REPORTER_UNANSWERED while the reporter of an escrow does not know that the team has it (cases/escrow.h): it would end what they
  // still see as waiting, or tell them.
  bool after_writing = false;
};

const Rule& RuleOf(format::ApprovalKind kind);
// How many have to approve, who asks not counted: of a release, what its identity and its basis ask for.
std::size_t NeededFor(const Terms& terms);

// Whether it fits, and no hold outranks it. One way for asking and for carrying out.
absl::Status CheckRule(const cases::Ports& ports, const cases::Case& record, const Terms& terms);

// The last day of a case that is shortened is at least so far ahead when that is carried out, so that it is listed before it goes.
inline constexpr int kShortestDays = 30;
// `knowingly_false` may be said for so many days after that was approved.
inline constexpr int kFalseReportDays = 7;
// A guest's last day is at most so far ahead.
inline constexpr std::uint32_t kMostGuestDays = 366;

}  // namespace alcove::approvals
