// The reporter's side of a case. The session says which mailbox; no request names one. Visits leave nothing behind.
#pragma once

#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/secrets.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class MailboxHandler final : public v1::MailboxService::CallbackService {
 public:
  // All outlive the handler.
  struct World {
    Door& door;
    CorePorts core;
    const intake::Secrets& secrets;
    intake::Budgets& budgets;
  };

  explicit MailboxHandler(const World& world)
      : door_(world.door), core_(world.core), secrets_(world.secrets), budgets_(world.budgets) {}

  grpc::ServerUnaryReactor* GetMailbox(grpc::CallbackServerContext* context, const v1::GetMailboxRequest* request,
                                       v1::GetMailboxResponse* response) override;
  grpc::ServerUnaryReactor* ListMessages(grpc::CallbackServerContext* context, const v1::ListMessagesRequest* request,
                                         v1::ListMessagesResponse* response) override;
  grpc::ServerUnaryReactor* SendMessage(grpc::CallbackServerContext* context, const v1::SendMessageRequest* request,
                                        v1::SendMessageResponse* response) override;
  grpc::ServerUnaryReactor* ListLeaves(grpc::CallbackServerContext* context, const v1::ListLeavesRequest* request,
                                       v1::ListLeavesResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawReport(grpc::CallbackServerContext* context, const v1::WithdrawReportRequest* request,
                                           v1::WithdrawReportResponse* response) override;
  grpc::ServerUnaryReactor* ExcludeReaders(grpc::CallbackServerContext* context,
                                           const v1::ExcludeReadersRequest* request,
                                           v1::ExcludeReadersResponse* response) override;
  grpc::ServerUnaryReactor* AnswerCheckIn(grpc::CallbackServerContext* context, const v1::AnswerCheckInRequest* request,
                                          v1::AnswerCheckInResponse* response) override;
  grpc::ServerUnaryReactor* RotateReceipt(grpc::CallbackServerContext* context, const v1::RotateReceiptRequest* request,
                                          v1::RotateReceiptResponse* response) override;
  grpc::ServerUnaryReactor* DecideConsent(grpc::CallbackServerContext* context, const v1::DecideConsentRequest* request,
                                          v1::DecideConsentResponse* response) override;
  grpc::ServerUnaryReactor* ReportBadGrant(grpc::CallbackServerContext* context,
                                           const v1::MailboxServiceReportBadGrantRequest* request,
                                           v1::MailboxServiceReportBadGrantResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
  const intake::Secrets& secrets_;
  intake::Budgets& budgets_;
};

}  // namespace alcove::rpc
