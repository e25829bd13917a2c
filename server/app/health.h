// grpc.health.v1.Health, generated from Debian's grpc-proto: gRPC's built-in one cannot be found through reflection.
#pragma once

#include <atomic>

#include "grpc/health/v1/health.grpc.pb.h"

namespace alcove::app {

// Check says SERVING for the server as a whole (an empty service name) until it drains, NOT_FOUND for any other name:
// which services a listener serves is not told to strangers. Watch is not offered. Thread-safe.
class Health final : public grpc::health::v1::Health::CallbackService {
 public:
  // `serving` outlives the service.
  explicit Health(const std::atomic<bool>& serving) : serving_(serving) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;

 private:
  const std::atomic<bool>& serving_;
};

}  // namespace alcove::app
