// The one place where a refusal becomes an answer. Texts are fixed: nothing that a caller sent and nothing that is
// stored can stand in one, and what is missing reads like what is denied.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

#include <string_view>

#include "alcove/v1/error_reason.pb.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {

// A status with a reason gives the reason's code and text, and a google.rpc.ErrorInfo: domain "alcove", reason the name
// of the ErrorReason, metadata `field` or `gap` where the refusal carries one. A status without a reason is a fault of
// ours: INTERNAL and a fixed text, whatever it said.
grpc::Status ToGrpc(const absl::Status& status);

// The contract's name of a reason: same number, checked by a test.
v1::ErrorReason ToProto(base::Reason reason);

// What a person reads. Never empty.
std::string_view TextOf(base::Reason reason);

}  // namespace alcove::rpc
