#include "crypto/format/signin.h"

#include "crypto/sign.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "sign-in statement";
constexpr std::string_view kLabel = "alcove sign-in v1";

absl::StatusOr<Bytes> Statement(const OrganisationId& organisation, const crypto::VerifyKey& log_key,
                                std::string_view principal, BytesView nonce) {
  if (principal.empty() || principal.size() > kMaxPrincipal) return Malformed(kLayout, "principal");
  if (nonce.size() != kSignInNonceSize) return Malformed(kLayout, "nonce");
  return ByteWriter(113 + principal.size()).Fixed(organisation).Fixed(log_key).Short(principal).Raw(nonce).Take();
}

}  // namespace

absl::StatusOr<crypto::Signature> SignSignIn(const crypto::SigningKey& key, const OrganisationId& organisation,
                                             const crypto::VerifyKey& log_key, std::string_view principal,
                                             BytesView nonce) {
  auto statement = Statement(organisation, log_key, principal, nonce);
  if (!statement.ok()) return statement.status();
  return crypto::Sign(key, kLabel, *statement);
}

absl::Status VerifySignIn(const crypto::VerifyKey& key, const OrganisationId& organisation,
                          const crypto::VerifyKey& log_key, std::string_view principal, BytesView nonce,
                          const crypto::Signature& signature) {
  auto statement = Statement(organisation, log_key, principal, nonce);
  if (!statement.ok()) return statement.status();
  if (!crypto::Verify(key, kLabel, *statement, signature).ok()) return BadSignature(kLayout);
  return absl::OkStatus();
}

}  // namespace alcove::format
