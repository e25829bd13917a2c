// Filing a report. No call carries a session; each is paid for with work while there is a price, and meets a budget for
// its kind that is shared by everybody.
#pragma once

#include "alcove/v1/intake_service.grpc.pb.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/secrets.h"
#include "server/core/intake/work.h"
#include "server/core/ledger/log_keys.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

// SubmitReport comes as bytes: it parses by itself what others are handed parsed, and so does without the interceptor that names
// unreadable requests, which costs two more turns of gRPC's queue a call.
using IntakeMethods = v1::IntakeService::WithCallbackMethod_GetIntake<
    v1::IntakeService::WithCallbackMethod_CreateWorkChallenge<v1::IntakeService::WithCallbackMethod_EvaluateTags<
        v1::IntakeService::WithCallbackMethod_PlanReport<
            v1::IntakeService::WithCallbackMethod_RequestProtection<
                v1::IntakeService::WithRawCallbackMethod_SubmitReport<v1::IntakeService::Service>>>>>>;

class IntakeHandler final : public IntakeMethods {
 public:
  // All outlive the handler.
  struct World {
    Door& door;
    CorePorts core;
    const intake::Secrets& secrets;
    intake::Budgets& budgets;
    intake::WorkGate& work;
    const ledger::LogKeys& log_keys;
  };

  explicit IntakeHandler(const World& world) : world_(world) {}

  grpc::ServerUnaryReactor* GetIntake(grpc::CallbackServerContext* context, const v1::GetIntakeRequest* request,
                                      v1::GetIntakeResponse* response) override;
  grpc::ServerUnaryReactor* CreateWorkChallenge(grpc::CallbackServerContext* context,
                                                const v1::CreateWorkChallengeRequest* request,
                                                v1::CreateWorkChallengeResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateTags(grpc::CallbackServerContext* context, const v1::EvaluateTagsRequest* request,
                                         v1::EvaluateTagsResponse* response) override;
  grpc::ServerUnaryReactor* PlanReport(grpc::CallbackServerContext* context, const v1::PlanReportRequest* request,
                                       v1::PlanReportResponse* response) override;
  grpc::ServerUnaryReactor* SubmitReport(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RequestProtection(grpc::CallbackServerContext* context,
                                              const v1::RequestProtectionRequest* request,
                                              v1::RequestProtectionResponse* response) override;

 private:
  // Budget first, then work: a flood of unpaid calls costs one lock.
  absl::Status Pay(intake::Call call, const v1::Work& work);

  const World world_;
};

}  // namespace alcove::rpc
