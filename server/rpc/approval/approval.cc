#include "server/rpc/approval/approval.h"

#include <string>
#include <vector>

#include "server/core/approvals/approvals.h"
#include "server/core/approvals/custody.h"
#include "server/rpc/approval/convert.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

template <class A>
using Decided = absl::StatusOr<base::Outcome<A>>;

}  // namespace

grpc::ServerUnaryReactor* ApprovalHandler::CreateApproval(grpc::CallbackServerContext* context,
                                                          const v1::CreateApprovalRequest* request,
                                                          v1::CreateApprovalResponse* response) {
  return door_.Decide<approvals::Created>(
      context, request,
      [this, request](const Caller& caller) -> Decided<approvals::Created> {
        const absl::StatusOr<approvals::NewApproval> asked = ParseNewApproval(*request);
        if (!asked.ok()) return asked.status();
        const Moment now(core_);
        if (!request->validate_only())
          return approvals::CreateApproval(now.ports(), caller.staff, request->request_id(), *asked);
        absl::StatusOr<approvals::Created> deciders = approvals::WhoDecides(now.ports(), caller.staff, *asked);
        if (!deciders.ok()) return deciders.status();
        base::Outcome<approvals::Created> outcome;
        outcome.answer = *std::move(deciders);
        return outcome;
      },
      [response](const approvals::Created& created) { Fill(created, response); });
}

grpc::ServerUnaryReactor* ApprovalHandler::GetApproval(grpc::CallbackServerContext* context,
                                                       const v1::GetApprovalRequest* request,
                                                       v1::GetApprovalResponse* response) {
  return door_.Read(context, request, [this, request, response](const Caller& caller) -> absl::Status {
    const absl::StatusOr<base::ApprovalId> id = ParseApproval(request->name());
    if (!id.ok()) return id.status();
    const Moment now(core_);
    const absl::StatusOr<approvals::ApprovalView> view = approvals::GetApproval(now.ports(), caller.staff, *id);
    if (!view.ok()) return view.status();
    Fill(*view, response->mutable_approval());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ApprovalHandler::ListApprovals(grpc::CallbackServerContext* context,
                                                         const v1::ListApprovalsRequest* request,
                                                         v1::ListApprovalsResponse* response) {
  return door_.Decide<approvals::ApprovalPage>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return approvals::ListApprovals(now.ports(), caller.staff,
                                        ParsePage(request->page_size(), request->page_token()));
      },
      [response](const approvals::ApprovalPage& page) {
        for (const approvals::ApprovalView& view : page.approvals) Fill(view, response->add_approvals());
        response->set_next_page_token(page.next_token);
      });
}

grpc::ServerUnaryReactor* ApprovalHandler::DecideApproval(grpc::CallbackServerContext* context,
                                                          const v1::DecideApprovalRequest* request,
                                                          v1::DecideApprovalResponse* response) {
  return door_.Decide<approvals::Decided>(
      context, request,
      [this, request](const Caller& caller) -> Decided<approvals::Decided> {
        const absl::StatusOr<SaidOfApproval> said = ParseSaid(request->name(), request->decision(), request->signature());
        if (!said.ok()) return said.status();
        const Moment now(core_);
        return approvals::DecideApproval(now.ports(), caller.staff, said->id, request->etag(), request->request_id(),
                                         said->decision, said->signature, request->share());
      },
      [response](const approvals::Decided& decided) {
        response->set_etag(decided.etag);
        response->set_state(static_cast<v1::ApprovalState>(decided.state));
      });
}

grpc::ServerUnaryReactor* ApprovalHandler::CancelApproval(grpc::CallbackServerContext* context,
                                                          const v1::CancelApprovalRequest* request,
                                                          v1::CancelApprovalResponse* response) {
  return door_.Decide<std::string>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::string> {
        const absl::StatusOr<base::ApprovalId> id = ParseApproval(request->name());
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return approvals::CancelApproval(now.ports(), caller.staff, *id, request->etag(), request->request_id());
      },
      [response](const std::string& etag) { response->set_etag(etag); });
}

grpc::ServerUnaryReactor* ApprovalHandler::ExecuteApproval(grpc::CallbackServerContext* context,
                                                           const v1::ExecuteApprovalRequest* request,
                                                           v1::ExecuteApprovalResponse* response) {
  return door_.Decide<approvals::Executed>(
      context, request,
      [this, request](const Caller& caller) -> Decided<approvals::Executed> {
        const absl::StatusOr<base::ApprovalId> id = ParseApproval(request->name());
        if (!id.ok()) return id.status();
        const std::vector<crypto::BytesView> grants(request->grants().begin(), request->grants().end());
        const Moment now(core_);
        return approvals::ExecuteApproval(now.ports(), caller.staff, *id, request->etag(), request->request_id(),
                                          grants);
      },
      [response](const approvals::Executed& executed) { Fill(executed, response); });
}

grpc::ServerUnaryReactor* ApprovalHandler::ListHeldShares(grpc::CallbackServerContext* context,
                                                          const v1::ListHeldSharesRequest* request,
                                                          v1::ListHeldSharesResponse* response) {
  return door_.Decide<approvals::SharePage>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return approvals::ListHeldShares(now.ports(), caller.staff, ParsePage(request->page_size(), request->page_token()));
      },
      [response](const approvals::SharePage& page) {
        for (const approvals::OwnShare& share : page.shares) {
          v1::OwnShare* line = response->add_shares();
          line->set_case_(format::CaseName(share.case_id));
          Fill(share.held, line->mutable_share());
        }
        response->set_next_page_token(page.next_token);
      });
}

grpc::ServerUnaryReactor* ApprovalHandler::HandOverShare(grpc::CallbackServerContext* context,
                                                         const v1::HandOverShareRequest* request, v1::HandOverShareResponse*) {
  return door_.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::monostate> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->case_(), "case");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return approvals::HandShareOver(now.ports(), caller.staff, *id, request->request_id(), request->share());
      },
      [](const std::monostate&) {});
}

}  // namespace alcove::rpc
