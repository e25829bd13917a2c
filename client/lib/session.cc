#include "client/lib/session.h"

#include <utility>

#include "client/lib/work.h"
#include "crypto/encoding.h"
#include "crypto/format/signin.h"

namespace alcove::client {

namespace {

absl::StatusOr<v1::CreateSessionResponse> Attempt(Connection& connection, const CheckedDirectory& directory,
                                                  const std::string& principal, const crypto::SigningKey& key) {
  v1::CreateChallengeRequest ask;
  ask.set_principal(principal);
  ALCOVE_CLIENT_ASSIGN(const v1::CreateChallengeResponse challenge,
                       connection.CallAgain(&v1::SessionService::Stub::CreateChallenge, ask));
  const auto signature = format::SignSignIn(key, connection.organisation().id, directory.directory().log_key, principal,
                                            challenge.nonce());
  if (!signature.ok()) return Refuse(Refusal::kAnswerMalformed, "the challenge is not one");

  v1::CreateSessionRequest answer;
  answer.set_principal(principal);
  answer.set_nonce(challenge.nonce());
  answer.set_signature(signature->str());
  if (challenge.price() > 0) {
    ALCOVE_CLIENT_ASSIGN(*answer.mutable_work(), SolveWork(challenge.work_challenge(), challenge.price()));
  }
  return connection.Call(&v1::SessionService::Stub::CreateSession, answer);
}

}  // namespace

absl::StatusOr<Session> SignIn(Connection& connection, const CheckedDirectory& directory, const std::string& principal,
                               const crypto::SigningKey& key) {
  absl::StatusOr<v1::CreateSessionResponse> attempt = Attempt(connection, directory, principal, key);
  // The price can rise between challenge and attempt.
  for (int again = 0; again < 3 && ReasonOf(attempt.status()) == "WORK_REQUIRED"; ++again)
    attempt = Attempt(connection, directory, principal, key);
  ALCOVE_CLIENT_ASSIGN(v1::CreateSessionResponse created, std::move(attempt));
  if (created.token().size() != 32) return Refuse(Refusal::kAnswerMalformed, "the session's token is not one");
  Session session;
  session.authorization.Append("Bearer ");
  std::string text = crypto::Base64UrlEncode(created.token());
  session.authorization.Append(text);
  crypto::Wipe(text);
  crypto::Wipe(*created.mutable_token());
  session.expires = std::chrono::steady_clock::now() + std::chrono::seconds(created.lifetime_seconds());
  return session;
}

void SignOut(Connection& connection, const Session& session) {
  connection.Call(&v1::SessionService::Stub::DeleteSession, v1::DeleteSessionRequest(), &session).IgnoreError();
}

}  // namespace alcove::client
