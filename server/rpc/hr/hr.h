// What HR systems call: telling who works here, asking before anything is done against somebody, and fetching tokens.
#pragma once

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/oprf.h"
#include "server/core/intake/token_keys.h"
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
    const intake::TokenKeys& token_keys;
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
  grpc::ServerUnaryReactor* SubmitAdverseAction(grpc::CallbackServerContext* context,
                                                const v1::SubmitAdverseActionRequest* request,
                                                v1::SubmitAdverseActionResponse* response) override;
  grpc::ServerUnaryReactor* GetAdverseAction(grpc::CallbackServerContext* context,
                                             const v1::GetAdverseActionRequest* request,
                                             v1::GetAdverseActionResponse* response) override;
  grpc::ServerUnaryReactor* CancelAdverseAction(grpc::CallbackServerContext* context,
                                                const v1::CancelAdverseActionRequest* request,
                                                v1::CancelAdverseActionResponse* response) override;
  grpc::ServerUnaryReactor* IssueEmploymentTokens(grpc::CallbackServerContext* context,
                                                  const v1::IssueEmploymentTokensRequest* request,
                                                  v1::IssueEmploymentTokensResponse* response) override;

 private:
  const World world_;
};

}  // namespace alcove::rpc
