// The call that takes a case out of the service.
#include "server/core/exports/exports.h"
#include "server/rpc/cases/cases.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* CaseHandler::ExportCase(grpc::CallbackServerContext* context,
                                                  const v1::ExportCaseRequest* request,
                                                  v1::ExportCaseResponse* response) {
  return door_.Decide<exports::Exported>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<exports::Exported>> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const int purpose = static_cast<int>(request->purpose());
        if (purpose < 0 || purpose > UINT8_MAX || !format::IsExportPurpose(static_cast<uint8_t>(purpose)))
          return base::FieldInvalid("purpose");
        const Moment now(core_);
        return exports::ExportCase(now.ports(), caller.staff, *id, request->request_id(),
                                   static_cast<format::ExportPurpose>(purpose));
      },
      [response](const exports::Exported& exported) { response->set_leaf(exported.leaf); });
}

}  // namespace alcove::rpc
