// A filing as a request and as an answer: of intake, and of a check-in that reports retaliation.
#pragma once

#include <absl/status/statusor.h>

#include "alcove/v1/intake_service.pb.h"
#include "server/core/intake/intake.h"

namespace alcove::rpc {

// Holds views into the message. FieldInvalid where a length is not the type's; what values mean is core's to judge.
absl::StatusOr<intake::SubmitRequest> ParseSubmit(const v1::SubmitReportRequest& request);

void Fill(const intake::Filing& filing, v1::SubmitReportResponse* out);

}  // namespace alcove::rpc
