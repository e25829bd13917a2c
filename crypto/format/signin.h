// The statement that a principal signs to sign in: Ed25519 over "alcove sign-in v1" 0x00 and
//
//   offset size  field
//        0   16  organisation
//       16   32  log key of the service (from the directory), so that a signature given to one server opens nothing at another
//       48  1+n  principal: length, then `mailboxes/{m}`, `staff/{slug}` or `services/{slug}`
//       49+n 64  nonce, as the service gave it
//
// Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/format/ids.h"

namespace alcove::format {

inline constexpr size_t kSignInNonceSize = 64;
inline constexpr size_t kMaxPrincipal = 64;

// INVALID_ARGUMENT for a principal that is empty or longer than kMaxPrincipal, or a nonce that is not 64 bytes.
absl::StatusOr<crypto::Signature> SignSignIn(const crypto::SigningKey& key, const OrganisationId& organisation,
                                             const crypto::VerifyKey& log_key, std::string_view principal,
                                             crypto::BytesView nonce);

// kBadSignature when it does not verify.
absl::Status VerifySignIn(const crypto::VerifyKey& key, const OrganisationId& organisation,
                          const crypto::VerifyKey& log_key, std::string_view principal, crypto::BytesView nonce,
                          const crypto::Signature& signature);

}  // namespace alcove::format
