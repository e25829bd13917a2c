#include "server/rpc/protection/protection.h"

#include "crypto/format/ids.h"
#include "server/core/hr/protection.h"
#include "server/rpc/convert/shared.h"
#include "server/rpc/protection/convert.h"

namespace alcove::rpc {
namespace {

// What core decided, with the page as the message that is answered.
template <class Page>
auto WithProofs(const base::Reader& rows, absl::StatusOr<base::Outcome<Page>> decided)
    -> absl::StatusOr<base::Outcome<std::decay_t<decltype(*Proven(rows, decided->answer))>>> {
  if (!decided.ok()) return decided.status();
  auto proven = Proven(rows, decided->answer);
  if (!proven.ok()) return proven.status();
  base::Outcome<std::decay_t<decltype(*proven)>> outcome;
  outcome.answer = *std::move(proven);
  outcome.changes = std::move(decided->changes);
  outcome.leaves = std::move(decided->leaves);
  return outcome;
}

}  // namespace

grpc::ServerUnaryReactor* ProtectionHandler::ListProtectionRequests(grpc::CallbackServerContext* context,
                                                                    const v1::ListProtectionRequestsRequest* request,
                                                                    v1::ListProtectionRequestsResponse* response) {
  return door_.Decide<v1::ListProtectionRequestsResponse>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return WithProofs(core_.rows, hr::ListProtectionRequests(now.ports(), caller.staff,
                                                                 ParsePage(request->page_size(), request->page_token())));
      },
      [response](const v1::ListProtectionRequestsResponse& page) { *response = page; });
}

grpc::ServerUnaryReactor* ProtectionHandler::ListAdverseActions(grpc::CallbackServerContext* context,
                                                                const v1::ListAdverseActionsRequest* request,
                                                                v1::ListAdverseActionsResponse* response) {
  return door_.Decide<v1::ListAdverseActionsResponse>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return WithProofs(core_.rows, hr::ListAdverseActions(now.ports(), caller.staff, request->ended(),
                                                             ParsePage(request->page_size(), request->page_token())));
      },
      [response](const v1::ListAdverseActionsResponse& page) { *response = page; });
}

grpc::ServerUnaryReactor* ProtectionHandler::DecideAdverseAction(grpc::CallbackServerContext* context,
                                                                 const v1::DecideAdverseActionRequest* request,
                                                                 v1::DecideAdverseActionResponse*) {
  return door_.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<std::monostate>> {
        const auto id = format::ParseAdverseActionName(request->name());
        if (!id.ok()) return base::FieldInvalid("name");
        const absl::StatusOr<hr::Verdict> verdict = ParseVerdict(request->verdict());
        if (!verdict.ok()) return verdict.status();
        const Moment now(core_);
        return hr::DecideAdverseAction(now.ports(), caller.staff, request->request_id(), *id, *verdict);
      },
      [](const std::monostate&) {});
}

grpc::ServerUnaryReactor* ProtectionHandler::ListAlerts(grpc::CallbackServerContext* context,
                                                        const v1::ListAlertsRequest* request,
                                                        v1::ListAlertsResponse* response) {
  return door_.Decide<hr::AlertPage>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return hr::ListAlerts(now.ports(), caller.staff, ParsePage(request->page_size(), request->page_token()));
      },
      [response](const hr::AlertPage& page) {
        for (const hr::Alert& alert : page.alerts) Fill(alert, response->add_alerts());
        response->set_next_page_token(page.next_token);
      });
}

}  // namespace alcove::rpc
