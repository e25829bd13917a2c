// What protection officers see and say, as messages.
#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "alcove/v1/protection_service.pb.h"
#include "server/core/hr/protection.h"

namespace alcove::rpc {

// FieldInvalid("verdict") for none.
absl::StatusOr<hr::Verdict> ParseVerdict(v1::AdverseActionVerdict verdict);

// With proofs as of the newest published tree, read from `rows`. Actions have leaves only where ended ones were asked for.
absl::StatusOr<v1::ListProtectionRequestsResponse> Proven(const base::Reader& rows, const hr::ProtectionRequestPage& page);
absl::StatusOr<v1::ListAdverseActionsResponse> Proven(const base::Reader& rows, const hr::ActionPage& page);
void Fill(const hr::ActionView& view, v1::AdverseAction* out);
void Fill(const hr::Alert& alert, v1::ProtectionAlert* out);

}  // namespace alcove::rpc
