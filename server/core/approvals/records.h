// The rows of this room. Shapes of the keys: base/tables.h. The approval itself is a row of its case (cases/approval.h).
#pragma once

#include <string>

#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/cases/approval.h"

namespace alcove::approvals {

// This person asked for an approval, or it was sealed to them to decide. The row is where every call begins: without it
// neither approval nor case is looked at, so one that exists and one that does not cost the same (promise P3). Having it is
// not yet a right.
struct Party : base::Record {
  static constexpr base::Table kTable = base::Table::kApprovalOf;
  std::string key() const { return base::RowKey(staff, approval); }

  base::StaffSlug staff;
  base::ApprovalId approval;
  base::CaseId case_id;  // zero: the approval concerns no case and is a row of kClockApproval
};

// A leap of the clock.
struct Leap {
  base::Day from;
  base::Day to;

  friend bool operator==(const Leap&, const Leap&) = default;
};

// A request to confirm the clock: an approval that concerns no case, so that its row is not a case's. Its case id is zero.
struct ClockApproval : base::Record {
  static constexpr base::Table kTable = base::Table::kClockApproval;
  std::string key() const { return base::RowKey(approval.id); }

  cases::Approval approval;
  Leap leap;  // which is to be confirmed, and no other
};

}  // namespace alcove::approvals
