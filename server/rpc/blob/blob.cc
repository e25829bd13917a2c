#include "server/rpc/blob/blob.h"

#include "server/core/cases/blobs.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

cases::BlobCaller ToCore(const Caller& caller) {
  if (caller.mailbox) return *caller.mailbox;
  return caller.staff;
}

}  // namespace

grpc::ServerUnaryReactor* BlobHandler::GetBlob(grpc::CallbackServerContext* context, const v1::GetBlobRequest* request,
                                               v1::GetBlobResponse* response) {
  return door_.Read(context, request, [&](const Caller& caller) -> absl::Status {
    const absl::StatusOr<base::BlobId> id = ParseBlob(request->name(), "name");
    if (!id.ok()) return id.status();
    const Moment now(core_);
    const absl::StatusOr<cases::BlobStatus> blob = cases::GetBlob(now.ports(), ToCore(caller), *id);
    if (!blob.ok()) return blob.status();
    response->set_name(request->name());
    response->set_size(blob->size);
    response->set_received(blob->received);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* BlobHandler::WriteBlobPart(grpc::CallbackServerContext* context,
                                                     const v1::WriteBlobPartRequest* request,
                                                     v1::WriteBlobPartResponse* response) {
  return door_.Decide<std::uint32_t>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<std::uint32_t>> {
        const absl::StatusOr<base::BlobId> id = ParseBlob(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return cases::WriteBlobPart(now.ports(), ToCore(caller), *id, request->offset(), request->data());
      },
      [response](const std::uint32_t& received) { response->set_received(received); });
}

grpc::ServerUnaryReactor* BlobHandler::ReadBlobPart(grpc::CallbackServerContext* context,
                                                    const v1::ReadBlobPartRequest* request,
                                                    v1::ReadBlobPartResponse* response) {
  return door_.Decide<crypto::Bytes>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<crypto::Bytes>> {
        const absl::StatusOr<base::BlobId> id = ParseBlob(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return cases::ReadBlobPart(now.ports(), ToCore(caller), *id, request->offset());
      },
      [response](const crypto::Bytes& data) { response->set_data(data); });
}

}  // namespace alcove::rpc
