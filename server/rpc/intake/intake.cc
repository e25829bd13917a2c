#include "server/rpc/intake/intake.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/intake/intake.h"
#include "server/core/intake/protection.h"
#include "server/rpc/convert/filing.h"
#include "server/rpc/intake/convert.h"

namespace alcove::rpc {

absl::Status IntakeHandler::Pay(intake::Call call, const v1::Work& work) {
  // Work first: a flood of calls that pay nothing must not use up the budget of those that do.
  if (absl::Status s = world_.work.Pay(work.challenge(), work.solution()); !s.ok()) return s;
  return world_.budgets.Spend(call);
}

grpc::ServerUnaryReactor* IntakeHandler::GetIntake(grpc::CallbackServerContext* context,
                                                   const v1::GetIntakeRequest* request,
                                                   v1::GetIntakeResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = world_.budgets.Spend(intake::Call::kRead); !s.ok()) return s;
    const Moment now(world_.core);
    absl::StatusOr<intake::IntakeView> view = intake::GetIntake({now.ports(), world_.secrets});
    if (!view.ok()) return view.status();
    Fill(*std::move(view), response);
    response->set_work_price(world_.work.price());
    response->set_log_key(world_.log_keys.current().verify_key().str());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IntakeHandler::CreateWorkChallenge(grpc::CallbackServerContext* context,
                                                             const v1::CreateWorkChallengeRequest* request,
                                                             v1::CreateWorkChallengeResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = world_.budgets.Spend(intake::Call::kChallenge); !s.ok()) return s;
    intake::WorkGate::Challenge challenge = world_.work.Issue();
    response->set_challenge(std::move(challenge.challenge));
    response->set_price(challenge.price);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IntakeHandler::EvaluateTags(grpc::CallbackServerContext* context,
                                                      const v1::EvaluateTagsRequest* request,
                                                      v1::EvaluateTagsResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const absl::StatusOr<std::vector<crypto::BytesView>> blinded = ParseBlinded(*request);
    if (!blinded.ok()) return blinded.status();
    if (absl::Status s = Pay(intake::Call::kTags, request->work()); !s.ok()) return s;
    const Moment now(world_.core);
    const auto evaluated = intake::EvaluateTags({now.ports(), world_.secrets}, *blinded);
    if (!evaluated.ok()) return evaluated.status();
    for (const crypto::RistrettoPoint& element : *evaluated) response->add_evaluated(element.str());
    response->set_tag_key_id(world_.secrets.tag_key_id.str());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IntakeHandler::PlanReport(grpc::CallbackServerContext* context,
                                                    const v1::PlanReportRequest* request,
                                                    v1::PlanReportResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const absl::StatusOr<intake::PlanRequest> plan = ParsePlan(*request);
    if (!plan.ok()) return plan.status();
    if (absl::Status s = Pay(intake::Call::kPlan, request->work()); !s.ok()) return s;
    const Moment now(world_.core);
    absl::StatusOr<intake::PlanView> view = intake::PlanReport({now.ports(), world_.secrets}, *plan);
    if (!view.ok()) return view.status();
    Fill(*std::move(view), response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IntakeHandler::SubmitReport(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* bytes, grpc::ByteBuffer* response) {
  auto parsed = std::make_shared<v1::SubmitReportRequest>();
  const v1::SubmitReportRequest* request = parsed.get();
  if (grpc::ByteBuffer unread(*bytes);
      !grpc::SerializationTraits<v1::SubmitReportRequest>::Deserialize(&unread, parsed.get()).ok()) {
    return world_.door.Read(context, request, [](const Caller&) { return base::FieldInvalid("request"); });
  }
  return world_.door.Decide<intake::Filing>(
      context, request,
      // Paid once, however often the decision is repeated. A client that lost the answer sends the same bytes again, with
      // work that is spent by now: a repetition is answered all the same, and commits nothing.
      [this, request, parsed = std::move(parsed), paid = std::optional<absl::Status>()](
          const Caller&) mutable -> absl::StatusOr<base::Outcome<intake::Filing>> {
        absl::StatusOr<intake::SubmitRequest> submit = ParseSubmit(*request);
        if (!submit.ok()) return submit.status();
        submit->look = paid.has_value();
        if (!paid) {
          paid = Pay(intake::Call::kSubmit, request->work());
          // Whoever repeats may have nothing to pay with, and looking whether they do is not free.
          const bool unpaid = base::ReasonOf(*paid) == base::Reason::kWorkRequired;
          if (absl::Status s = unpaid ? world_.budgets.Spend(intake::Call::kRepeat) : absl::OkStatus(); !s.ok()) paid = s;
        }
        if (!paid->ok() && base::ReasonOf(*paid) != base::Reason::kWorkRequired) return *paid;
        if (!paid->ok()) submit->look = true;
        const Moment now(world_.core);
        absl::StatusOr<base::Outcome<intake::Filing>> filing =
            intake::SubmitReport({now.ports(), world_.secrets}, *submit);
        const bool repetition = filing.ok() && filing->changes.empty() && filing->leaves.empty();
        if (!paid->ok() && !repetition) return *paid;
        return filing;
      },
      [response](const intake::Filing& filing) {
        v1::SubmitReportResponse answer;
        Fill(filing, &answer);
        bool own_buffer = false;
        (void)grpc::SerializationTraits<v1::SubmitReportResponse>::Serialize(answer, response, &own_buffer);
      });
}

grpc::ServerUnaryReactor* IntakeHandler::RequestProtection(grpc::CallbackServerContext* context,
                                                           const v1::RequestProtectionRequest* request,
                                                           v1::RequestProtectionResponse*) {
  return world_.door.Decide<std::monostate>(
      context, request,
      // Paid once, however often the decision is repeated.
      [this, request, paid = std::optional<absl::Status>()](
          const Caller&) mutable -> absl::StatusOr<base::Outcome<std::monostate>> {
        if (!paid) paid = Pay(intake::Call::kProtection, request->work());
        if (!paid->ok()) return *paid;
        const Moment now(world_.core);
        return intake::RequestProtection(now.ports(), request->request_id(), request->letter());
      },
      [](const std::monostate&) {});
}

}  // namespace alcove::rpc
