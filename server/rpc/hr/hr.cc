#include "server/rpc/hr/hr.h"

#include <vector>

#include "crypto/format/ids.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/sync.h"
#include "server/rpc/hr/convert.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* HrHandler::CreateSync(grpc::CallbackServerContext* context,
                                                const v1::CreateSyncRequest* request,
                                                v1::CreateSyncResponse* response) {
  return world_.door.Decide<hr::SyncId>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<hr::SyncId>> {
        const absl::StatusOr<hr::Mode> mode = ParseMode(request->mode());
        if (!mode.ok()) return mode.status();
        const Moment now(world_.core);
        return hr::CreateSync(now.ports(), caller.staff, request->request_id(), *mode);
      },
      [response](const hr::SyncId& id) { response->set_name(SyncName(id)); });
}

grpc::ServerUnaryReactor* HrHandler::UploadSyncPage(grpc::CallbackServerContext* context,
                                                    const v1::UploadSyncPageRequest* request,
                                                    v1::UploadSyncPageResponse*) {
  return world_.door.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<std::monostate>> {
        const absl::StatusOr<hr::SyncId> id = ParseSync(request->name());
        if (!id.ok()) return id.status();
        const absl::StatusOr<std::vector<hr::ClearRow>> rows = ParseRows(*request);
        if (!rows.ok()) return rows.status();
        const Moment now(world_.core);
        return hr::UploadSyncPage(now.ports(), world_.tag_key, caller.staff, *id, request->page(), *rows);
      },
      [](const std::monostate&) {});
}

grpc::ServerUnaryReactor* HrHandler::CommitSync(grpc::CallbackServerContext* context,
                                                const v1::CommitSyncRequest* request,
                                                v1::CommitSyncResponse* response) {
  return world_.door.Decide<hr::Committed>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<hr::Committed>> {
        const absl::StatusOr<hr::SyncId> id = ParseSync(request->name());
        if (!id.ok()) return id.status();
        const Moment now(world_.core);
        return hr::CommitSync(now.ports(), caller.staff,
                              {request->request_id(), *id, request->pages(), request->validate_only()});
      },
      [this, response](const hr::Committed& committed) {
        if (committed.organisation != nullptr) {
          world_.core.organisation.Set(committed.organisation);
          world_.events.Record(base::Event::kChartSynced);
        }
        Fill(committed, response);
      });
}

grpc::ServerUnaryReactor* HrHandler::SubmitAdverseAction(grpc::CallbackServerContext* context,
                                                         const v1::SubmitAdverseActionRequest* request,
                                                         v1::SubmitAdverseActionResponse* response) {
  return world_.door.Decide<base::AdverseActionId>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<base::AdverseActionId>> {
        const absl::StatusOr<format::Identifier> employee = format::Identifier::Parse(request->employee());
        if (!employee.ok()) return base::FieldInvalid("employee");
        const Moment now(world_.core);
        return hr::SubmitAdverseAction(now.ports(), world_.tag_key, caller.staff,
                                       {request->request_id(), *employee, request->letter()});
      },
      [response](const base::AdverseActionId& id) { response->set_name(format::AdverseActionName(id)); });
}

grpc::ServerUnaryReactor* HrHandler::GetAdverseAction(grpc::CallbackServerContext* context,
                                                      const v1::GetAdverseActionRequest* request,
                                                      v1::GetAdverseActionResponse* response) {
  return world_.door.Decide<hr::ActionState>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<hr::ActionState>> {
        const auto id = format::ParseAdverseActionName(request->name());
        if (!id.ok()) return base::FieldInvalid("name");
        const Moment now(world_.core);
        return hr::GetAdverseAction(now.ports(), caller.staff, *id);
      },
      [response](const hr::ActionState& state) { response->set_state(static_cast<v1::AdverseActionState>(state)); });
}

grpc::ServerUnaryReactor* HrHandler::CancelAdverseAction(grpc::CallbackServerContext* context,
                                                         const v1::CancelAdverseActionRequest* request,
                                                         v1::CancelAdverseActionResponse*) {
  return world_.door.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<std::monostate>> {
        const auto id = format::ParseAdverseActionName(request->name());
        if (!id.ok()) return base::FieldInvalid("name");
        const Moment now(world_.core);
        return hr::CancelAdverseAction(now.ports(), caller.staff, request->request_id(), *id);
      },
      [](const std::monostate&) {});
}

grpc::ServerUnaryReactor* HrHandler::IssueEmploymentTokens(grpc::CallbackServerContext* context,
                                                           const v1::IssueEmploymentTokensRequest* request,
                                                           v1::IssueEmploymentTokensResponse* response) {
  return world_.door.Decide<crypto::VoprfEvaluated>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<crypto::VoprfEvaluated>> {
        const absl::StatusOr<hr::TokenBatch> batch = ParseBatch(*request);
        if (!batch.ok()) return batch.status();
        const Moment now(world_.core);
        return hr::IssueEmploymentTokens(now.ports(), world_.tag_key, world_.token_keys, caller.staff, *batch);
      },
      [response](const crypto::VoprfEvaluated& evaluated) { Fill(evaluated, response); });
}

}  // namespace alcove::rpc
