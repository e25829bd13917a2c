#include "tests/support/sign_in.h"

#include <chrono>

#include "alcove/v1/session_service.grpc.pb.h"
#include "crypto/encoding.h"
#include "crypto/format/signin.h"
#include "crypto/puzzle.h"

namespace alcove::support {

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  // A blocking client of gRPC polls only within a call: one that fails at once while the server is away would never
  // finish the handshake with the server that came back.
  context.set_wait_for_ready(true);
}

absl::StatusOr<std::string> SignIn(const std::shared_ptr<grpc::Channel>& channel,
                                   const format::OrganisationId& organisation, const crypto::VerifyKey& log_key,
                                   const std::string& principal, const crypto::SigningKey& key) {
  const auto stub = v1::SessionService::NewStub(channel);
  v1::CreateChallengeRequest ask;
  ask.set_principal(principal);
  v1::CreateChallengeResponse challenge;
  {
    grpc::ClientContext context;
    SetDeadline(context);
    if (auto s = FromGrpc(stub->CreateChallenge(&context, ask, &challenge)); !s.ok()) return s;
  }
  auto signature = format::SignSignIn(key, organisation, log_key, principal, challenge.nonce());
  if (!signature.ok()) return signature.status();
  v1::CreateSessionRequest answer;
  answer.set_principal(principal);
  answer.set_nonce(challenge.nonce());
  answer.set_signature(signature->str());
  if (challenge.price() > 0) {
    auto solution = crypto::Solve(challenge.work_challenge(), static_cast<int>(challenge.price()));
    if (!solution.ok()) return solution.status();
    answer.mutable_work()->set_challenge(challenge.work_challenge());
    answer.mutable_work()->set_solution(*std::move(solution));
  }
  v1::CreateSessionResponse session;
  grpc::ClientContext context;
  SetDeadline(context);
  if (auto s = FromGrpc(stub->CreateSession(&context, answer, &session)); !s.ok()) return s;
  return "Bearer " + crypto::Base64UrlEncode(session.token());
}

}  // namespace alcove::support
