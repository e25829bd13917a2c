#include "server/rpc/admin/admin.h"

#include <utility>
#include <vector>

#include "server/core/intake/intake.h"
#include "server/core/people/publish.h"
#include "server/rpc/admin/convert.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* AdminHandler::PublishDirectory(grpc::CallbackServerContext* context,
                                                         const v1::PublishDirectoryRequest* request,
                                                         v1::PublishDirectoryResponse* response) {
  return world_.door.Decide<people::Publication>(
      context, request,
      [this, request](const Caller& caller) {
        const people::OrganisationPtr current = world_.core.organisation.Get();
        return people::PublishDirectory({world_.core.rows, world_.core.clock, world_.core.random, world_.file}, *current,
                                        caller.staff, request->note(), request->validate_only());
      },
      [this, request, response](const people::Publication& publication) {
        if (!request->validate_only()) {
          world_.core.organisation.Set(publication.organisation);
          world_.events.Record(base::Event::kDirectoryPublished);
        }
        response->set_version(publication.version);
        response->mutable_gaps()->Assign(publication.gaps.begin(), publication.gaps.end());
      });
}

grpc::ServerUnaryReactor* AdminHandler::GetPolicy(grpc::CallbackServerContext* context,
                                                  const v1::GetPolicyRequest* request, v1::GetPolicyResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const people::OrganisationPtr current = world_.core.organisation.Get();
    absl::StatusOr<crypto::Bytes> note =
        people::GetPolicyNote(world_.core.rows, *current, request->document(), request->version());
    if (!note.ok()) return note.status();
    response->set_note(*std::move(note));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminHandler::PublishPolicy(grpc::CallbackServerContext* context,
                                                      const v1::PublishPolicyRequest* request,
                                                      v1::PublishPolicyResponse* response) {
  return world_.door.Decide<people::Publication>(
      context, request,
      [this, request](const Caller& caller) {
        const people::OrganisationPtr current = world_.core.organisation.Get();
        return people::PublishPolicy({world_.core.rows, world_.core.clock, world_.core.random, world_.file}, *current,
                                     caller.staff, request->note(), request->validate_only());
      },
      [this, request, response](const people::Publication& publication) {
        if (!request->validate_only()) {
          world_.core.organisation.Set(publication.organisation);
          world_.events.Record(base::Event::kPolicyPublished);
        }
        response->set_document(publication.document);
        response->set_version(publication.version);
        response->mutable_gaps()->Assign(publication.gaps.begin(), publication.gaps.end());
      });
}

grpc::ServerUnaryReactor* AdminHandler::TestRouting(grpc::CallbackServerContext* context,
                                                    const v1::TestRoutingRequest* request,
                                                    v1::TestRoutingResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const absl::StatusOr<std::vector<std::string>> kept_out = ParseKeptOut(*request);
    if (!kept_out.ok()) return kept_out.status();
    const people::OrganisationPtr current = world_.core.organisation.Get();
    const auto test = intake::TestRouting(*current, ParseFacts(request->facts()), *kept_out);
    if (!test.ok()) return test.status();
    Fill(*test, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminHandler::GetServiceStatus(grpc::CallbackServerContext* context,
                                                         const v1::GetServiceStatusRequest* request,
                                                         v1::GetServiceStatusResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const people::OrganisationPtr current = world_.core.organisation.Get();
    Fill(*current, world_.core.clock.Today(), response);
    response->set_version(world_.product_version);
    response->set_store_writable(world_.store_writable());
    return absl::OkStatus();
  });
}

}  // namespace alcove::rpc
