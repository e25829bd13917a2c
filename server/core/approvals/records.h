// The rows of this room. Shapes of the keys: base/tables.h. The approval itself is a row of its case (cases/approval.h).
#pragma once

#include <string>

#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"

namespace alcove::approvals {

// This person asked for an approval, or it was sealed to them to decide. The row is where every call begins: without it
// neither approval nor case is looked at, so one that exists and one that does not cost the same (promise P3). Having it is
// not yet a right.
struct Party : base::Record {
  static constexpr base::Table kTable = base::Table::kApprovalOf;
  std::string key() const { return base::RowKey(staff, approval); }

  base::StaffSlug staff;
  base::ApprovalId approval;
  base::CaseId case_id;
};

}  // namespace alcove::approvals
