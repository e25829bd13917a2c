// Signing in: a nonce for anybody, a session for whoever signs it with the principal's key.
//
// What a caller can learn: whether their own key opens the name they gave. A name that does not exist gets a nonce like
// any other, the same number of signature checks, and the same refusal. What a flood makes everybody pay depends on its size
// alone.
#pragma once

#include <optional>
#include <vector>

#include "alcove/v1/session_service.grpc.pb.h"
#include "crypto/bytes.h"
#include "crypto/format/ids.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/work.h"
#include "server/core/ledger/log_keys.h"
#include "server/rpc/door/door.h"
#include "server/rpc/door/nonces.h"
#include "server/rpc/session/nobody.h"

namespace alcove::rpc {

class SessionHandler final : public v1::SessionService::CallbackService {
 public:
  // All outlive the handler.
  struct World {
    Door& door;
    Nonces& nonces;
    Sessions& sessions;
    const Principals& principals;
    intake::Budgets& budgets;
    intake::WorkGate& work;  // of signing in
    base::OrganisationId organisation;
    const ledger::LogKeys& log_keys;  // whose current key the service is known by
    const Nobody& nobody;
  };

  explicit SessionHandler(const World& world) : world_(world) {}

  grpc::ServerUnaryReactor* CreateChallenge(grpc::CallbackServerContext* context,
                                            const v1::CreateChallengeRequest* request,
                                            v1::CreateChallengeResponse* response) override;
  grpc::ServerUnaryReactor* CreateSession(grpc::CallbackServerContext* context, const v1::CreateSessionRequest* request,
                                          v1::CreateSessionResponse* response) override;
  grpc::ServerUnaryReactor* DeleteSession(grpc::CallbackServerContext* context, const v1::DeleteSessionRequest* request,
                                          v1::DeleteSessionResponse* response) override;

  // What the first two decide, without the wire around it: so that the time it takes can be measured.
  absl::Status Challenge(const v1::CreateChallengeRequest& request, v1::CreateChallengeResponse* response) const;
  absl::Status SignIn(const v1::CreateSessionRequest& request, v1::CreateSessionResponse* response) const;

 private:
  // The key that made the signature, or nothing; always Principals::kMostKeys verifications.
  std::optional<crypto::VerifyKey> SignerOf(const v1::CreateSessionRequest& request,
                                            const std::vector<crypto::VerifyKey>& keys,
                                            const crypto::Signature& signature) const;

  const World world_;
};

}  // namespace alcove::rpc
