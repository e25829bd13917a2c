#include "server/rpc/admin/admin.h"

#include <utility>
#include <vector>

#include "server/core/intake/coverage.h"
#include "server/core/intake/intake.h"
#include "server/rpc/admin/convert.h"
#include "server/core/mail/queue.h"
#include "server/rpc/convert/clock.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

// A publication, and about whom nobody but a fallback could take a report under it.
struct Published {
  people::Publication publication;
  std::vector<std::string> coverage;
};

// Looked at before the commit: afterwards is the Committer's thread.
absl::StatusOr<base::Outcome<Published>> WithCoverage(absl::StatusOr<base::Outcome<people::Publication>> decided) {
  if (!decided.ok()) return decided.status();
  base::Outcome<Published> outcome;
  outcome.changes = std::move(decided->changes);
  outcome.leaves = std::move(decided->leaves);
  outcome.answer.publication = std::move(decided->answer);
  outcome.answer.coverage = intake::LinesOf(intake::CoverageOf(*outcome.answer.publication.organisation));
  return outcome;
}

// What both publications answer.
template <class Response>
void FillPublished(const Published& published, Response* response) {
  response->set_version(published.publication.version);
  response->mutable_gaps()->Assign(published.publication.gaps.begin(), published.publication.gaps.end());
  response->mutable_coverage()->Assign(published.coverage.begin(), published.coverage.end());
}

}  // namespace

grpc::ServerUnaryReactor* AdminHandler::PublishDirectory(grpc::CallbackServerContext* context,
                                                         const v1::PublishDirectoryRequest* request,
                                                         v1::PublishDirectoryResponse* response) {
  return world_.door.Decide<Published>(
      context, request,
      [this, request](const Caller& caller) {
        const people::OrganisationPtr current = world_.core.organisation.Get();
        return WithCoverage(people::PublishDirectory(PeoplePorts(), *current, caller.staff, request->note(),
                                                     request->validate_only()));
      },
      [this, request, response](const Published& published) {
        if (!request->validate_only()) {
          // First: whoever fetches the new directory is to find signatures of the key that it names.
          world_.log_keys.Follow(published.publication.organisation->directory()->log_key);
          world_.core.organisation.Set(published.publication.organisation);
          world_.events.Record(base::Event::kDirectoryPublished);
        }
        FillPublished(published, response);
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
  return world_.door.Decide<Published>(
      context, request,
      [this, request](const Caller& caller) {
        const people::OrganisationPtr current = world_.core.organisation.Get();
        return WithCoverage(people::PublishPolicy(PeoplePorts(), *current, caller.staff, request->note(),
                                                  request->validate_only()));
      },
      [this, request, response](const Published& published) {
        if (!request->validate_only()) {
          world_.core.organisation.Set(published.publication.organisation);
          world_.events.Record(base::Event::kPolicyPublished);
        }
        response->set_document(published.publication.document);
        FillPublished(published, response);
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

grpc::ServerUnaryReactor* AdminHandler::GetCoverage(grpc::CallbackServerContext* context,
                                                    const v1::GetCoverageRequest* request,
                                                    v1::GetCoverageResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const people::OrganisationPtr current = world_.core.organisation.Get();
    Fill(intake::CoverageOf(*current), response);
    response->set_chart_version(current->chart().version());
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
    response->set_staff(static_cast<std::uint32_t>(current->people().size()));
    const absl::StatusOr<std::optional<base::Versioned<mail::Queue>>> mails = world_.core.rows.Get<mail::Queue>("");
    if (!mails.ok()) return mails.status();
    if (world_.mail_addresses) response->set_mail_addresses(world_.mail_addresses());
    if (*mails) {
      SetDay((*mails)->record.day, response->mutable_mail_day());
      response->set_mail_owed(static_cast<std::uint32_t>((*mails)->record.owed.size()));
    }
    const auto seen = clocks::LastSeen(world_.core.rows);
    if (!seen.ok()) return seen.status();
    if (*seen && (*seen)->record.freeze) {
      const clocks::Freeze& freeze = *(*seen)->record.freeze;
      SetFreeze(freeze, response->mutable_clock_freeze());
      SetDay(freeze.since, response->mutable_clock_frozen_since());
      response->set_clock_frozen_hours(
          static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::hours>(freeze.ran).count()));
    }
    return absl::OkStatus();
  });
}

}  // namespace alcove::rpc
