// Attachments: ciphertext in parts, for the reporter's mailbox and for staff alike.
#pragma once

#include "alcove/v1/blob_service.grpc.pb.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class BlobHandler final : public v1::BlobService::CallbackService {
 public:
  // The door outlives the handler.
  BlobHandler(Door& door, const CorePorts& core) : door_(door), core_(core) {}

  grpc::ServerUnaryReactor* GetBlob(grpc::CallbackServerContext* context, const v1::GetBlobRequest* request,
                                    v1::GetBlobResponse* response) override;
  grpc::ServerUnaryReactor* WriteBlobPart(grpc::CallbackServerContext* context, const v1::WriteBlobPartRequest* request,
                                          v1::WriteBlobPartResponse* response) override;
  grpc::ServerUnaryReactor* ReadBlobPart(grpc::CallbackServerContext* context, const v1::ReadBlobPartRequest* request,
                                         v1::ReadBlobPartResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
};

}  // namespace alcove::rpc
