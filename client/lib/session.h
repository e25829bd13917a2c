// Signing in: a challenge, a signature over it bound to this organisation and its log key, a token for 15 minutes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "crypto/sign.h"

namespace alcove::client {

// Signs in as `principal`: `mailboxes/{m}` or `staff/{slug}`. The statement names the log key of the checked
// directory, so that a session with an impostor is worth nothing elsewhere. SIGN_IN_REFUSED tells nothing about why.
// Under a flood an attempt has a price: it is paid, seconds at most, and paid again when it rose meanwhile, three times.
absl::StatusOr<Session> SignIn(Connection& connection, const CheckedDirectory& directory, const std::string& principal,
                               const crypto::SigningKey& key);

// Ends the session. Failing to reach the server is no error: the token dies by itself.
void SignOut(Connection& connection, const Session& session);

}  // namespace alcove::client
