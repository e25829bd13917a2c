#include "crypto/sign.h"

#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using internal::Raw;

// Ed25519 reads its message twice, so libsodium wants it in one piece. The buffer stays with the thread: its peak is
// the largest message signed, and what is signed is not secret.
const Bytes& Labelled(BytesView label, BytesView message) {
  if (label.empty() || label.find('\0') != BytesView::npos)
    internal::Broken("a signature label is a non-empty constant");
  static thread_local Bytes buffer;
  buffer.assign(label).append(1, '\0').append(message);
  return buffer;
}

}  // namespace

Signature Sign(const SigningKey& key, BytesView label, BytesView message) {
  return SignRaw(key, Labelled(label, message));
}

absl::Status Verify(const VerifyKey& key, BytesView label, BytesView message, const Signature& signature) {
  return VerifyRaw(key, Labelled(label, message), signature);
}

Signature SignRaw(const SigningKey& key, BytesView message) {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, Raw(message), message.size(), key.data());
  return signature;
}

absl::Status VerifyRaw(const VerifyKey& key, BytesView message, const Signature& signature) {
  if (crypto_sign_verify_detached(signature.data(), Raw(message), message.size(), key.data()) != 0) {
    return errors::DoesNotVerify("a signature");
  }
  return absl::OkStatus();
}

absl::Status UsableKey(const VerifyKey& key) {
  // Checks that the encoding is canonical, the point on the curve, not of small order, and in the main subgroup.
  if (crypto_core_ed25519_is_valid_point(key.data()) != 1) return errors::WeakKey("the verify key");
  return absl::OkStatus();
}

}  // namespace alcove::crypto
