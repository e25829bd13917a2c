#include "server/rpc/mailbox/mailbox.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/format/ids.h"
#include "server/core/approvals/identity.h"
#include "server/core/cases/mailbox.h"
#include "server/core/guard/reporter.h"
#include "server/rpc/convert/approval.h"
#include "server/rpc/convert/clock.h"
#include "server/rpc/convert/filing.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"
#include "server/rpc/mailbox/convert.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* MailboxHandler::GetMailbox(grpc::CallbackServerContext* context,
                                                     const v1::GetMailboxRequest* request,
                                                     v1::GetMailboxResponse* response) {
  return door_.Read(context, request, [&](const Caller& caller) -> absl::Status {
    const Moment now(core_);
    const absl::StatusOr<cases::MailboxView> view = cases::GetMailbox(now.ports(), *caller.mailbox);
    if (!view.ok()) return view.status();
    if (view->gone) {
      response->set_case_(format::CaseName(view->case_id));
      return FillGone(core_.rows, *view->gone, response->mutable_gone());
    }
    Fill(*view, response);
    const auto requests = approvals::ReleasesShown(now.ports(), *caller.mailbox);
    if (!requests.ok()) return requests.status();
    for (const approvals::ApprovalView& one : *requests) Fill(one, response->add_identity_requests());
    return FillFreeze(core_.rows, response);
  });
}

grpc::ServerUnaryReactor* MailboxHandler::ListMessages(grpc::CallbackServerContext* context,
                                                       const v1::ListMessagesRequest* request,
                                                       v1::ListMessagesResponse* response) {
  return door_.Read(context, request, [&](const Caller& caller) -> absl::Status {
    const Moment now(core_);
    const absl::StatusOr<cases::EntryPage> page =
        cases::ListMessages(now.ports(), *caller.mailbox, ParsePage(request->page_size(), request->page_token()));
    if (!page.ok()) return page.status();
    for (const cases::Entry& entry : page->entries) SetEntry(entry, response->add_entries());
    response->set_next_page_token(page->next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* MailboxHandler::SendMessage(grpc::CallbackServerContext* context,
                                                      const v1::SendMessageRequest* request,
                                                      v1::SendMessageResponse* response) {
  return door_.Decide<cases::Appended>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<cases::Appended>> {
        const absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request->entry());
        if (!entry.ok()) return entry.status();
        const Moment now(core_);
        return cases::SendMessage(now.ports(), *caller.mailbox, request->request_id(), *entry);
      },
      [response](const cases::Appended& appended) {
        response->set_name(format::EntryName(appended.case_id, appended.entry));
        response->set_thread_head(appended.head.str());
      });
}

grpc::ServerUnaryReactor* MailboxHandler::ListLeaves(grpc::CallbackServerContext* context,
                                                     const v1::ListLeavesRequest* request,
                                                     v1::ListLeavesResponse* response) {
  return door_.Read(context, request, [&](const Caller& caller) -> absl::Status {
    const Moment now(core_);
    const absl::StatusOr<cases::LeafPage> page =
        cases::ListLeaves(now.ports(), *caller.mailbox, ParsePage(request->page_size(), request->page_token()));
    if (!page.ok()) return page.status();
    absl::StatusOr<ProvenLeaves> proven = Prove(core_.rows, page->leaves);
    if (!proven.ok()) return proven.status();
    response->mutable_leaves()->Assign(proven->leaves.begin(), proven->leaves.end());
    response->set_checkpoint(std::move(proven->checkpoint));
    response->set_next_page_token(page->next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* MailboxHandler::WithdrawReport(grpc::CallbackServerContext* context,
                                                         const v1::WithdrawReportRequest* request,
                                                         v1::WithdrawReportResponse* response) {
  return door_.Decide<std::string>(
      context, request,
      [this, request](const Caller& caller) {
        const Moment now(core_);
        return cases::WithdrawReport(now.ports(), *caller.mailbox, request->etag(), request->request_id());
      },
      [response](const std::string& etag) { response->set_etag(etag); });
}

grpc::ServerUnaryReactor* MailboxHandler::ExcludeReaders(grpc::CallbackServerContext* context,
                                                         const v1::ExcludeReadersRequest* request,
                                                         v1::ExcludeReadersResponse* response) {
  using Unknown = std::vector<std::uint32_t>;
  return door_.Decide<Unknown>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<Unknown>> {
        guard::Exclusion exclusion{.tags = {request->tags().begin(), request->tags().end()}, .readers = {}};
        for (const std::string& name : request->readers()) {
          absl::StatusOr<base::StaffSlug> reader = ParseStaff(name, "readers");
          if (!reader.ok()) return reader.status();
          exclusion.readers.push_back(*std::move(reader));
        }
        const Moment now(core_);
        return guard::ExcludeReaders(now.ports(), *caller.mailbox, request->request_id(), exclusion);
      },
      [response](const Unknown& unknown) { response->mutable_unknown_tags()->Assign(unknown.begin(), unknown.end()); });
}

grpc::ServerUnaryReactor* MailboxHandler::AnswerCheckIn(grpc::CallbackServerContext* context,
                                                        const v1::AnswerCheckInRequest* request,
                                                        v1::AnswerCheckInResponse* response) {
  return door_.Decide<intake::CheckInAnswered>(
      context, request,
      // A report costs the budget of filings, once however often the decision is made.
      [this, request, paid = false](const Caller& caller) mutable -> absl::StatusOr<base::Outcome<intake::CheckInAnswered>> {
        const absl::StatusOr<intake::CheckInRequest> check_in = ParseCheckIn(*request);
        if (!check_in.ok()) return check_in.status();
        if (check_in->retaliation && !std::exchange(paid, true))
          if (absl::Status status = budgets_.Spend(intake::Call::kSubmit); !status.ok()) return status;
        const Moment now(core_);
        return intake::AnswerCheckIn({now.ports(), secrets_}, *caller.mailbox, *check_in);
      },
      [response](const intake::CheckInAnswered& answered) {
        response->set_name(format::EntryName(answered.appended.case_id, answered.appended.entry));
        response->set_thread_head(answered.appended.head.str());
        if (answered.retaliation) Fill(*answered.retaliation, response->mutable_retaliation());
      });
}

grpc::ServerUnaryReactor* MailboxHandler::RotateReceipt(grpc::CallbackServerContext* context,
                                                        const v1::RotateReceiptRequest* request,
                                                        v1::RotateReceiptResponse* response) {
  return door_.Decide<cases::Appended>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<cases::Appended>> {
        const absl::StatusOr<cases::Rotation> rotation = ParseRotation(*request);
        if (!rotation.ok()) return rotation.status();
        const Moment now(core_);
        return cases::RotateReceipt(now.ports(), *caller.mailbox, *rotation);
      },
      [response](const cases::Appended& appended) {
        response->set_name(format::EntryName(appended.case_id, appended.entry));
        response->set_thread_head(appended.head.str());
      });
}

grpc::ServerUnaryReactor* MailboxHandler::DecideConsent(grpc::CallbackServerContext* context,
                                                        const v1::DecideConsentRequest* request,
                                                        v1::DecideConsentResponse* response) {
  return door_.Decide<approvals::Decided>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<approvals::Decided>> {
        const absl::StatusOr<SaidOfApproval> said = ParseSaid(request->name(), request->decision(), request->signature());
        if (!said.ok()) return said.status();
        const Moment now(core_);
        return approvals::DecideConsent(now.ports(), *caller.mailbox, said->id, request->etag(), request->request_id(),
                                        said->decision, said->signature);
      },
      [response](const approvals::Decided& decided) {
        response->set_etag(decided.etag);
        response->set_state(static_cast<v1::ApprovalState>(decided.state));
      });
}

grpc::ServerUnaryReactor* MailboxHandler::ReportBadGrant(grpc::CallbackServerContext* context,
                                                         const v1::MailboxServiceReportBadGrantRequest* request,
                                                         v1::MailboxServiceReportBadGrantResponse*) {
  return door_.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> absl::StatusOr<base::Outcome<std::monostate>> {
        const absl::StatusOr<format::Keyring> keyring = ParseKeyring(request->keyring(), "keyring");
        if (!keyring.ok()) return keyring.status();
        const Moment now(core_);
        return guard::ReportBadGrant(now.ports(), *caller.mailbox, request->request_id(), {*keyring, request->epoch()});
      },
      [](const std::monostate&) {});
}

}  // namespace alcove::rpc
