#include "server/rpc/session/session.h"

#include "crypto/format/signin.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* SessionHandler::CreateChallenge(grpc::CallbackServerContext* context,
                                                          const v1::CreateChallengeRequest* request,
                                                          v1::CreateChallengeResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) { return Challenge(*request, response); });
}

grpc::ServerUnaryReactor* SessionHandler::CreateSession(grpc::CallbackServerContext* context,
                                                        const v1::CreateSessionRequest* request,
                                                        v1::CreateSessionResponse* response) {
  return world_.door.Read(context, request, [&](const Caller&) { return SignIn(*request, response); });
}

absl::Status SessionHandler::Challenge(const v1::CreateChallengeRequest& request,
                                       v1::CreateChallengeResponse* response) const {
  if (absl::Status s = world_.budgets.Spend(intake::Call::kSignInChallenge); !s.ok()) return s;
  const absl::StatusOr<Principal> principal = Principal::Parse(request.principal());
  if (!principal.ok()) return principal.status();
  response->set_nonce(world_.nonces.Give(principal->name()));
  if (world_.work.price() == 0) return absl::OkStatus();
  intake::WorkGate::Challenge work = world_.work.Issue();
  response->set_work_challenge(std::move(work.challenge));
  response->set_price(work.price);
  return absl::OkStatus();
}

absl::Status SessionHandler::SignIn(const v1::CreateSessionRequest& request, v1::CreateSessionResponse* response) const {
  const absl::StatusOr<Principal> principal = Principal::Parse(request.principal());
  if (!principal.ok()) return principal.status();
  const absl::StatusOr<crypto::Signature> signature = crypto::Signature::FromBytes(request.signature());
  if (!signature.ok()) return base::FieldInvalid("signature");
  if (!world_.nonces.Genuine(principal->name(), request.nonce())) return base::Refuse(base::Reason::kSignInRefused);
  // Paid first, then counted: the other way round, whoever pays nothing would use up what everybody has.
  if (absl::Status s = world_.work.Pay(request.work().challenge(), request.work().solution()); !s.ok()) return s;
  if (absl::Status s = world_.budgets.Spend(intake::Call::kSignIn); !s.ok()) return s;

  const absl::StatusOr<std::vector<crypto::VerifyKey>> keys = world_.principals.KeysOf(*principal);
  if (!keys.ok()) return keys.status();
  const std::optional<crypto::VerifyKey> signer = SignerOf(request, *keys, *signature);
  if (!signer) return base::Refuse(base::Reason::kSignInRefused);
  if (absl::Status s = world_.nonces.Spend(request.nonce()); !s.ok()) return s;
  absl::StatusOr<crypto::Bytes> token = world_.sessions.Open(*principal, *signer);
  if (!token.ok()) return token.status();
  response->set_token(*std::move(token));
  response->set_lifetime_seconds(static_cast<std::uint32_t>(Sessions::kLifetime.count()));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* SessionHandler::DeleteSession(grpc::CallbackServerContext* context,
                                                        const v1::DeleteSessionRequest* request,
                                                        v1::DeleteSessionResponse*) {
  return world_.door.Read(context, request, [&](const Caller&) -> absl::Status {
    const absl::StatusOr<std::optional<crypto::Bytes>> token = Door::TokenOf(*context);
    if (token.ok() && *token) world_.sessions.Close(**token);
    return absl::OkStatus();
  });
}

std::optional<crypto::VerifyKey> SessionHandler::SignerOf(const v1::CreateSessionRequest& request,
                                                          const std::vector<crypto::VerifyKey>& keys,
                                                          const crypto::Signature& signature) const {
  const crypto::VerifyKey& log_key = world_.log_keys.current().verify_key();
  // Copied, and for principals who exist, too: the memory is touched alike.
  const Nobody::Pair nobody = world_.nobody.KeysFor(request.principal());
  std::optional<crypto::VerifyKey> signer;
  for (std::size_t i = 0; i < Principals::kMostKeys; ++i) {
    const bool theirs = i < keys.size();
    const crypto::VerifyKey& key = theirs ? keys[i] : nobody[i];
    const absl::Status verified = format::VerifySignIn(key, world_.organisation, log_key, request.principal(),
                                                       request.nonce(), signature);
    if (theirs && verified.ok()) signer = key;
  }
  return signer;
}

}  // namespace alcove::rpc
