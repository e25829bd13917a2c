// What anybody may ask of the directory and the published ledger, and the auditor's listing.
#pragma once

#include "alcove/v1/ledger_service.grpc.pb.h"
#include "server/core/intake/budget.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class LedgerHandler final : public v1::LedgerService::CallbackService {
 public:
  // Door and budgets outlive the handler.
  LedgerHandler(Door& door, const CorePorts& core, intake::Budgets& budgets)
      : door_(door), core_(core), budgets_(budgets) {}

  grpc::ServerUnaryReactor* GetDirectory(grpc::CallbackServerContext* context, const v1::GetDirectoryRequest* request,
                                         v1::GetDirectoryResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context, const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* context,
                                              const v1::GetInclusionProofRequest* request,
                                              v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* context,
                                                const v1::GetConsistencyProofRequest* request,
                                                v1::GetConsistencyProofResponse* response) override;
  grpc::ServerUnaryReactor* ListLeafHashes(grpc::CallbackServerContext* context, const v1::ListLeafHashesRequest* request,
                                           v1::ListLeafHashesResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
  intake::Budgets& budgets_;
};

}  // namespace alcove::rpc
