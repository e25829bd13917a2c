// Signing in over the wire, for reporters and staff of the harnesses.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "crypto/format/ids.h"
#include "crypto/secret.h"

namespace alcove::support {

// The canonical codes are the same on both sides.
absl::Status FromGrpc(const grpc::Status& status);

// Every call of a harness ends.
void SetDeadline(grpc::ClientContext& context);

// The value of the `authorization` header.
absl::StatusOr<std::string> SignIn(const std::shared_ptr<grpc::Channel>& channel,
                                   const format::OrganisationId& organisation, const crypto::VerifyKey& log_key,
                                   const std::string& principal, const crypto::SigningKey& key);

}  // namespace alcove::support
