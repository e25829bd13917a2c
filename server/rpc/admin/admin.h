// Publishing what root holders signed, and looking at health. Nothing here reads a case, and no answer counts one.
#pragma once

#include <functional>
#include <string>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "crypto/format/organisation.h"
#include "server/core/people/publish.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class AdminHandler final : public v1::AdminService::CallbackService {
 public:
  // All outlive the handler.
  struct World {
    Door& door;
    CorePorts core;
    const format::OrganisationFile& file;  // where trust in the first directory begins
    ledger::LogKeys& log_keys;
    base::EventSink& events;
    std::string product_version;
    std::function<bool()> store_writable;
    std::function<std::uint32_t()> mail_addresses;  // in the operator's list; may be empty: no mail
  };

  explicit AdminHandler(const World& world) : world_(world) {}

  grpc::ServerUnaryReactor* PublishDirectory(grpc::CallbackServerContext* context,
                                             const v1::PublishDirectoryRequest* request,
                                             v1::PublishDirectoryResponse* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context, const v1::GetPolicyRequest* request,
                                      v1::GetPolicyResponse* response) override;
  grpc::ServerUnaryReactor* PublishPolicy(grpc::CallbackServerContext* context, const v1::PublishPolicyRequest* request,
                                          v1::PublishPolicyResponse* response) override;
  grpc::ServerUnaryReactor* TestRouting(grpc::CallbackServerContext* context, const v1::TestRoutingRequest* request,
                                        v1::TestRoutingResponse* response) override;
  grpc::ServerUnaryReactor* GetCoverage(grpc::CallbackServerContext* context, const v1::GetCoverageRequest* request,
                                        v1::GetCoverageResponse* response) override;
  grpc::ServerUnaryReactor* GetServiceStatus(grpc::CallbackServerContext* context,
                                             const v1::GetServiceStatusRequest* request,
                                             v1::GetServiceStatusResponse* response) override;

 private:
  people::Ports PeoplePorts() const {
    return {world_.core.rows, world_.core.clock, world_.core.random, world_.file, world_.log_keys};
  }

  const World world_;
};

}  // namespace alcove::rpc
