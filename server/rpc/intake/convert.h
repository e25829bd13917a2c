// Requests and answers of intake. Parsed requests hold views into the message.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "alcove/v1/intake_service.pb.h"
#include "server/core/intake/intake.h"

namespace alcove::rpc {

// FieldInvalid where a count exceeds the contract's or a length is not the type's; what values mean is core's to judge.
absl::StatusOr<std::vector<crypto::BytesView>> ParseBlinded(const v1::EvaluateTagsRequest& request);
absl::StatusOr<intake::PlanRequest> ParsePlan(const v1::PlanReportRequest& request);

void Fill(intake::IntakeView&& view, v1::GetIntakeResponse* out);
void Fill(intake::PlanView&& view, v1::PlanReportResponse* out);

}  // namespace alcove::rpc
