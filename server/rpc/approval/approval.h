// Decisions that take more than one person. Whoever is no party to an approval hears NOTHING_HERE, and the door puts that
// into the ledger.
#pragma once

#include "alcove/v1/approval_service.grpc.pb.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class ApprovalHandler final : public v1::ApprovalService::CallbackService {
 public:
  // The door outlives the handler.
  ApprovalHandler(Door& door, const CorePorts& core) : door_(door), core_(core) {}

  grpc::ServerUnaryReactor* CreateApproval(grpc::CallbackServerContext* context,
                                           const v1::CreateApprovalRequest* request,
                                           v1::CreateApprovalResponse* response) override;
  grpc::ServerUnaryReactor* GetApproval(grpc::CallbackServerContext* context, const v1::GetApprovalRequest* request,
                                        v1::GetApprovalResponse* response) override;
  grpc::ServerUnaryReactor* ListApprovals(grpc::CallbackServerContext* context,
                                          const v1::ListApprovalsRequest* request,
                                          v1::ListApprovalsResponse* response) override;
  grpc::ServerUnaryReactor* DecideApproval(grpc::CallbackServerContext* context,
                                           const v1::DecideApprovalRequest* request,
                                           v1::DecideApprovalResponse* response) override;
  grpc::ServerUnaryReactor* CancelApproval(grpc::CallbackServerContext* context,
                                           const v1::CancelApprovalRequest* request,
                                           v1::CancelApprovalResponse* response) override;
  grpc::ServerUnaryReactor* ExecuteApproval(grpc::CallbackServerContext* context,
                                            const v1::ExecuteApprovalRequest* request,
                                            v1::ExecuteApprovalResponse* response) override;
  grpc::ServerUnaryReactor* ListHeldShares(grpc::CallbackServerContext* context, const v1::ListHeldSharesRequest* request,
                                           v1::ListHeldSharesResponse* response) override;
  grpc::ServerUnaryReactor* HandOverShare(grpc::CallbackServerContext* context, const v1::HandOverShareRequest* request,
                                          v1::HandOverShareResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
};

}  // namespace alcove::rpc
