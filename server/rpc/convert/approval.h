// An approval as a message: to staff, and to the reporter whose case it is of.
#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "alcove/v1/approval_service.pb.h"
#include "server/core/approvals/approvals.h"

namespace alcove::rpc {

// FIELD_INVALID("name"), ("decision").
absl::StatusOr<base::ApprovalId> ParseApproval(std::string_view name);
absl::StatusOr<format::Decision> ParseDecision(v1::Decision decision);

// Without the shares that decisions brought: those are for whoever asked, when they carry it out.
void Fill(const approvals::ApprovalView& view, v1::Approval* out);

}  // namespace alcove::rpc
