#include "server/rpc/cases/cases.h"

#include <string>
#include <utility>
#include <vector>

#include "crypto/format/ids.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/team.h"
#include "server/rpc/cases/convert.h"
#include "server/rpc/convert/clock.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

template <class A>
using Decided = absl::StatusOr<base::Outcome<A>>;

}  // namespace

grpc::ServerUnaryReactor* CaseHandler::ListCases(grpc::CallbackServerContext* context,
                                                 const v1::ListCasesRequest* request, v1::ListCasesResponse* response) {
  return door_.Decide<cases::CasePage>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return cases::ListCases(now.ports(), caller.staff, ParsePage(request->page_size(), request->page_token()));
      },
      [response](const cases::CasePage& page) {
        for (const cases::CaseSummary& summary : page.cases) Fill(summary, response->add_cases());
        response->set_next_page_token(page.next_token);
      });
}

grpc::ServerUnaryReactor* CaseHandler::GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
                                               v1::GetCaseResponse* response) {
  return door_.Decide<cases::CaseDetail>(
      context, request,
      [this, request, response](const Caller& caller) -> Decided<cases::CaseDetail> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        Decided<cases::CaseDetail> detail = cases::GetCase(now.ports(), caller.staff, *id);
        if (!detail.ok()) return detail;
        if (absl::Status status = FillFreeze(core_.rows, response); !status.ok()) return status;
        return detail;
      },
      [response](const cases::CaseDetail& detail) { Fill(detail, response->mutable_case_()); });
}

grpc::ServerUnaryReactor* CaseHandler::OpenCase(grpc::CallbackServerContext* context, const v1::OpenCaseRequest* request,
                                                v1::OpenCaseResponse* response) {
  using Grants = std::vector<cases::ReleasedGrant>;
  return door_.Decide<Grants>(
      context, request,
      [this, request](const Caller& caller) -> Decided<Grants> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const absl::StatusOr<format::Keyring> keyring = ParseKeyring(request->keyring(), "keyring");
        if (!keyring.ok()) return keyring.status();
        const Moment now(core_);
        return cases::OpenCase(now.ports(), caller.staff, *id, *keyring);
      },
      [response](const Grants& grants) {
        for (const cases::ReleasedGrant& grant : grants) SetGrant(grant, response->add_grants());
      });
}

grpc::ServerUnaryReactor* CaseHandler::ListEntries(grpc::CallbackServerContext* context,
                                                   const v1::ListEntriesRequest* request,
                                                   v1::ListEntriesResponse* response) {
  return door_.Decide<cases::EntryPage>(
      context, request,
      [this, request](const Caller& caller) -> Decided<cases::EntryPage> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->parent(), "parent");
        if (!id.ok()) return id.status();
        const absl::StatusOr<format::Keyring> keyring = ParseKeyring(request->keyring(), "keyring");
        if (!keyring.ok()) return keyring.status();
        const Moment now(core_);
        return cases::ListEntries(now.ports(), caller.staff, *id, *keyring,
                                  ParsePage(request->page_size(), request->page_token()));
      },
      [response](const cases::EntryPage& page) {
        for (const cases::Entry& entry : page.entries) SetEntry(entry, response->add_entries());
        response->set_next_page_token(page.next_token);
      });
}

grpc::ServerUnaryReactor* CaseHandler::AppendEntry(grpc::CallbackServerContext* context,
                                                   const v1::AppendEntryRequest* request,
                                                   v1::AppendEntryResponse* response) {
  return door_.Decide<cases::Appended>(
      context, request,
      [this, request](const Caller& caller) -> Decided<cases::Appended> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->parent(), "parent");
        if (!id.ok()) return id.status();
        const absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
        if (!entry.ok()) return entry.status();
        const Moment now(core_);
        return cases::AppendEntry(now.ports(), caller.staff, *id, request->request_id(), *entry);
      },
      [response](const cases::Appended& appended) {
        response->set_name(format::EntryName(appended.case_id, appended.entry));
        response->set_head(appended.head.str());
      });
}

grpc::ServerUnaryReactor* CaseHandler::ClaimCase(grpc::CallbackServerContext* context,
                                                 const v1::ClaimCaseRequest* request, v1::ClaimCaseResponse* response) {
  return door_.Decide<std::string>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::string> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return cases::ClaimCase(now.ports(), caller.staff, *id, request->etag(), request->request_id());
      },
      [response](const std::string& etag) { response->set_etag(etag); });
}

grpc::ServerUnaryReactor* CaseHandler::ChangeCaseState(grpc::CallbackServerContext* context,
                                                       const v1::ChangeCaseStateRequest* request,
                                                       v1::ChangeCaseStateResponse* response) {
  return door_.Decide<cases::Moved>(
      context, request,
      [this, request](const Caller& caller) -> Decided<cases::Moved> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const absl::StatusOr<cases::State> state = ParseState(request->state(), "state");
        if (!state.ok()) return state.status();
        const Moment now(core_);
        return cases::ChangeCaseState(now.ports(), caller.staff, *id, request->etag(), request->request_id(), *state,
                                      request->reason());
      },
      [response](const cases::Moved& moved) {
        response->set_etag(moved.etag);
        response->set_state(ToProto(moved.state));
      });
}

grpc::ServerUnaryReactor* CaseHandler::PlaceHold(grpc::CallbackServerContext* context,
                                                 const v1::PlaceHoldRequest* request, v1::PlaceHoldResponse*) {
  return door_.Decide<cases::Held>(
      context, request,
      [this, request](const Caller& caller) -> Decided<cases::Held> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return cases::PlaceHold(now.ports(), caller.staff, *id, request->request_id(), request->reason());
      },
      [](const cases::Held&) {});
}

grpc::ServerUnaryReactor* CaseHandler::ListHistory(grpc::CallbackServerContext* context,
                                                   const v1::ListHistoryRequest* request,
                                                   v1::ListHistoryResponse* response) {
  // Proofs are read with the decision, so that what can fail has failed before the leaf of this page is written.
  using Page = std::pair<cases::LeafPage, ProvenLeaves>;
  return door_.Decide<Page>(
      context, request,
      [this, request](const Caller& caller) -> Decided<Page> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->parent(), "parent");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        Decided<cases::LeafPage> page = cases::ListHistory(now.ports(), caller.staff, *id,
                                                           ParsePage(request->page_size(), request->page_token()));
        if (!page.ok()) return page.status();
        absl::StatusOr<ProvenLeaves> proven = Prove(core_.rows, page->answer.leaves);
        if (!proven.ok()) return proven.status();
        base::Outcome<Page> outcome{.answer = {std::move(page->answer), *std::move(proven)},
                                    .changes = std::move(page->changes),
                                    .leaves = std::move(page->leaves),
                                    .stamp = nullptr};
        if (page->stamp) {
          outcome.stamp = [stamp = std::move(page->stamp)](const base::Stamps& stamps, Page& answer,
                                                           base::ChangeSet& changes) {
            stamp(stamps, answer.first, changes);
          };
        }
        return outcome;
      },
      [response](const Page& page) {
        for (const v1::LeafOpening& leaf : page.second.leaves) Fill(leaf, response->add_events());
        response->set_next_page_token(page.first.next_token);
        response->set_checkpoint(page.second.checkpoint);
      });
}

}  // namespace alcove::rpc
