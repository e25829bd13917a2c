// Rows of approvals; see codec.h.
#pragma once

#include "alcove/storage/v1/approvals.pb.h"
#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"

namespace alcove::storage {

void ToRow(const cases::Approval& record, v1::ApprovalRow* row);
bool FromRow(const v1::ApprovalRow& row, cases::Approval* record);
void ToRow(const approvals::Party& record, v1::PartyRow* row);
bool FromRow(const v1::PartyRow& row, approvals::Party* record);

}  // namespace alcove::storage
