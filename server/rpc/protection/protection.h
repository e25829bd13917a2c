// What protection officers call. The rules: server/core/hr/protection.h.
#pragma once

#include "alcove/v1/protection_service.grpc.pb.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class ProtectionHandler final : public v1::ProtectionService::CallbackService {
 public:
  // Both outlive the handler.
  ProtectionHandler(Door& door, const CorePorts& core) : door_(door), core_(core) {}

  grpc::ServerUnaryReactor* ListProtectionRequests(grpc::CallbackServerContext* context,
                                                   const v1::ListProtectionRequestsRequest* request,
                                                   v1::ListProtectionRequestsResponse* response) override;
  grpc::ServerUnaryReactor* ListAdverseActions(grpc::CallbackServerContext* context,
                                               const v1::ListAdverseActionsRequest* request,
                                               v1::ListAdverseActionsResponse* response) override;
  grpc::ServerUnaryReactor* DecideAdverseAction(grpc::CallbackServerContext* context,
                                                const v1::DecideAdverseActionRequest* request,
                                                v1::DecideAdverseActionResponse* response) override;
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context, const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
};

}  // namespace alcove::rpc
