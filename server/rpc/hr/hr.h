// What HR systems call: so far, telling who works here.
#pragma once

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/oprf.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class HrHandler final : public v1::HrService::CallbackService {
 public:
  // All outlive the handler.
  struct World {
    Door& door;
    CorePorts core;
    const crypto::OprfKey& tag_key;  // makes tags of the numbers that arrive
    base::EventSink& events;
  };

  explicit HrHandler(const World& world) : world_(world) {}

  grpc::ServerUnaryReactor* CreateSync(grpc::CallbackServerContext* context, const v1::CreateSyncRequest* request,
                                       v1::CreateSyncResponse* response) override;
  grpc::ServerUnaryReactor* UploadSyncPage(grpc::CallbackServerContext* context,
                                           const v1::UploadSyncPageRequest* request,
                                           v1::UploadSyncPageResponse* response) override;
  grpc::ServerUnaryReactor* CommitSync(grpc::CallbackServerContext* context, const v1::CommitSyncRequest* request,
                                       v1::CommitSyncResponse* response) override;

 private:
  const World world_;
};

}  // namespace alcove::rpc
