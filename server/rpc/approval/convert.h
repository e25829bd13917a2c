// Approvals as messages, and back.
#pragma once

#include <absl/status/statusor.h>

#include "alcove/v1/approval_service.pb.h"
#include "server/core/approvals/approvals.h"

namespace alcove::rpc {

absl::StatusOr<base::ApprovalId> ParseApproval(std::string_view name);

// A view into the request, which outlives the result. kFieldInvalid for what is malformed; whether it fits is core's.
absl::StatusOr<approvals::NewApproval> ParseNewApproval(const v1::CreateApprovalRequest& request);
absl::StatusOr<format::Decision> ParseDecision(v1::Decision decision);

void Fill(const approvals::Created& created, v1::CreateApprovalResponse* out);
void Fill(const approvals::ApprovalView& view, v1::Approval* out);

}  // namespace alcove::rpc
