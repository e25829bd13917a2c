// Approvals as messages, and back.
#pragma once

#include <absl/status/statusor.h>

#include "alcove/v1/approval_service.pb.h"
#include "server/core/approvals/approvals.h"
#include "server/rpc/convert/approval.h"

namespace alcove::rpc {

// A view into the request, which outlives the result. kFieldInvalid for what is malformed; whether it fits is core's.
absl::StatusOr<approvals::NewApproval> ParseNewApproval(const v1::CreateApprovalRequest& request);

void Fill(const approvals::Created& created, v1::CreateApprovalResponse* out);
void Fill(const approvals::Executed& executed, v1::ExecuteApprovalResponse* out);

}  // namespace alcove::rpc
