// An approval as a message: to staff, and to the reporter whose case it is of.
#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "alcove/v1/approval_service.pb.h"
#include "server/core/approvals/approvals.h"

namespace alcove::rpc {

// FIELD_INVALID("name").
absl::StatusOr<base::ApprovalId> ParseApproval(std::string_view name);

// What an approver and a reporter say alike. FIELD_INVALID("name"), ("decision"), ("signature").
struct SaidOfApproval {
  base::ApprovalId id;
  format::Decision decision = format::Decision::kRefuse;
  crypto::Signature signature;
};
absl::StatusOr<SaidOfApproval> ParseSaid(std::string_view name, v1::Decision decision, std::string_view signature);

// Without the shares that decisions brought: those are for whoever asked, when they carry it out.
void Fill(const approvals::Held& held, v1::HeldShare* out);
void Fill(const approvals::ApprovalView& view, v1::Approval* out);

}  // namespace alcove::rpc
