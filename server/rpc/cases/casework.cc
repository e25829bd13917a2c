// The calls about allegations, measures and tasks.
#include <optional>
#include <string>
#include <utility>

#include "crypto/format/ids.h"
#include "server/core/casework/allegations.h"
#include "server/core/casework/measures.h"
#include "server/core/casework/tasks.h"
#include "server/rpc/cases/cases.h"
#include "server/rpc/cases/convert.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

using casework::Written;
using WrittenOutcome = absl::StatusOr<base::Outcome<Written>>;

// The id that a client drew for a thing of this case.
template <class Id>
absl::StatusOr<Id> IdIn(const base::CaseId& parent, const absl::StatusOr<std::pair<base::CaseId, Id>>& name,
                        std::string_view field) {
  if (!name.ok()) return name.status();
  if (name->first != parent) return base::FieldInvalid(field);
  return name->second;
}

template <class Response>
void SetHead(const Written& written, Response* response) {
  if (written.entry) response->set_head(written.entry->head.str());
}

absl::StatusOr<casework::NewMeasure> ParseNewMeasure(const base::CaseId& id, const v1::CreateMeasureRequest& request) {
  casework::NewMeasure measure;
  const auto name = IdIn(id, ParseMeasure(request.name(), "name"), "name");
  if (!name.ok()) return name.status();
  measure.id = *name;
  measure.kind = request.kind();
  absl::StatusOr<base::StaffSlug> owner = ParseStaff(request.owner(), "owner");
  if (!owner.ok()) return owner.status();
  measure.owner = *std::move(owner);
  const absl::StatusOr<base::Day> due = ParseDay(request.due(), "due");
  if (!due.ok()) return due.status();
  measure.due = *due;
  if (!request.allegation().empty()) {
    const auto allegation = IdIn(id, ParseAllegation(request.allegation(), "allegation"), "allegation");
    if (!allegation.ok()) return allegation.status();
    measure.allegation = *allegation;
  }
  measure.harmed_person_agreed = request.harmed_person_agreed();
  if (!request.order_letter().empty()) measure.letter = request.order_letter();
  return measure;
}

}  // namespace

grpc::ServerUnaryReactor* CaseHandler::CreateAllegation(grpc::CallbackServerContext* context,
                                                        const v1::CreateAllegationRequest* request,
                                                        v1::CreateAllegationResponse* response) {
  return door_.Decide<Written>(
      context, request,
      [this, request](const Caller& caller) -> WrittenOutcome {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->parent(), "parent");
        if (!id.ok()) return id.status();
        const auto name = IdIn(*id, ParseAllegation(request->name(), "name"), "name");
        if (!name.ok()) return name.status();
        const absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
        if (!entry.ok()) return entry.status();
        const Moment now(core_);
        return casework::CreateAllegation(now.ports(), caller.staff, *id, request->request_id(),
                                          {*name, request->category()}, *entry);
      },
      [request, response](const Written& written) {
        response->set_name(request->name());
        response->set_etag(written.etag);
        SetHead(written, response);
      });
}

grpc::ServerUnaryReactor* CaseHandler::SetFinding(grpc::CallbackServerContext* context,
                                                  const v1::SetFindingRequest* request,
                                                  v1::SetFindingResponse* response) {
  return door_.Decide<Written>(
      context, request,
      [this, request](const Caller& caller) -> WrittenOutcome {
        const auto name = ParseAllegation(request->name(), "name");
        if (!name.ok()) return name.status();
        const absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
        if (!entry.ok()) return entry.status();
        const Moment now(core_);
        return casework::SetFinding(now.ports(), caller.staff, name->first, name->second, request->etag(),
                                    request->request_id(), request->finding(), *entry);
      },
      [response](const Written& written) {
        response->set_etag(written.etag);
        SetHead(written, response);
      });
}

grpc::ServerUnaryReactor* CaseHandler::CreateMeasure(grpc::CallbackServerContext* context,
                                                     const v1::CreateMeasureRequest* request,
                                                     v1::CreateMeasureResponse* response) {
  return door_.Decide<Written>(
      context, request,
      [this, request](const Caller& caller) -> WrittenOutcome {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->parent(), "parent");
        if (!id.ok()) return id.status();
        const absl::StatusOr<casework::NewMeasure> measure = ParseNewMeasure(*id, *request);
        if (!measure.ok()) return measure.status();
        const absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
        if (!entry.ok()) return entry.status();
        const Moment now(core_);
        return casework::CreateMeasure(now.ports(), caller.staff, *id, request->request_id(), *measure, *entry);
      },
      [request, response](const Written& written) {
        response->set_name(request->name());
        response->set_etag(written.etag);
        SetHead(written, response);
      });
}

grpc::ServerUnaryReactor* CaseHandler::ChangeMeasureState(grpc::CallbackServerContext* context,
                                                          const v1::ChangeMeasureStateRequest* request,
                                                          v1::ChangeMeasureStateResponse* response) {
  return door_.Decide<Written>(
      context, request,
      [this, request](const Caller& caller) -> WrittenOutcome {
        const auto name = ParseMeasure(request->name(), "name");
        if (!name.ok()) return name.status();
        const absl::StatusOr<cases::MeasureState> state = ParseMeasureState(request->state());
        if (!state.ok()) return state.status();
        std::optional<cases::NewEntry> words;
        if (request->has_entry()) {
          absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
          if (!entry.ok()) return entry.status();
          words = *std::move(entry);
        }
        const Moment now(core_);
        return casework::ChangeMeasureState(now.ports(), caller.staff, name->first, name->second, request->etag(),
                                            request->request_id(), *state, words ? &*words : nullptr);
      },
      [response](const Written& written) {
        response->set_etag(written.etag);
        SetHead(written, response);
      });
}

grpc::ServerUnaryReactor* CaseHandler::ListTasks(grpc::CallbackServerContext* context,
                                                 const v1::ListTasksRequest* request, v1::ListTasksResponse* response) {
  return door_.Decide<casework::TaskPage>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return casework::ListTasks(now.ports(), caller.staff, ParsePage(request->page_size(), request->page_token()));
      },
      [response](const casework::TaskPage& page) {
        for (const casework::Task& task : page.tasks) Fill(task, response->add_tasks());
        response->set_next_page_token(page.next_token);
      });
}

}  // namespace alcove::rpc
