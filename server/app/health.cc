#include "server/app/health.h"

namespace alcove::app {

grpc::ServerUnaryReactor* Health::Check(grpc::CallbackServerContext* context,
                                        const grpc::health::v1::HealthCheckRequest* request,
                                        grpc::health::v1::HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!request->service().empty()) {
    reactor->Finish({grpc::StatusCode::NOT_FOUND, "unknown service"});
    return reactor;
  }
  response->set_status(serving_.load() ? grpc::health::v1::HealthCheckResponse::SERVING
                                       : grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace alcove::app
