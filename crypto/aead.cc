#include "crypto/aead.h"

#include "crypto/hkdf.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using internal::Raw;

constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kNonce + crypto_aead_xchacha20poly1305_ietf_ABYTES == kSealOverhead);

}  // namespace

void SealAppend(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random, Bytes* out) {
  const size_t at = out->size();
  out->resize(at + plaintext.size() + kSealOverhead);
  auto* nonce = reinterpret_cast<unsigned char*>(out->data()) + at;
  random.Fill(nonce, kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonce, nullptr, Raw(plaintext), plaintext.size(),
                                             Raw(associated.bytes), associated.bytes.size(), nullptr, nonce,
                                             key.data());
}

void SealInto(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random, Bytes* out) {
  out->clear();
  SealAppend(key, plaintext, associated, random, out);
}

Bytes Seal(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random) {
  Bytes sealed;
  SealAppend(key, plaintext, associated, random, &sealed);
  return sealed;
}

absl::StatusOr<Plaintext> Open(const SymmetricKey& key, BytesView sealed, AssociatedData associated) {
  if (sealed.size() < kSealOverhead) return errors::Malformed("a sealed text shorter than its nonce and tag");
  Plaintext plaintext(Bytes(sealed.size() - kSealOverhead, '\0'));
  const unsigned char* nonce = Raw(sealed);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plaintext.bytes.data()), nullptr,
                                                 nullptr, nonce + kNonce, sealed.size() - kNonce, Raw(associated.bytes),
                                                 associated.bytes.size(), nonce, key.data()) != 0) {
    return errors::DoesNotOpen("a sealed text");
  }
  return plaintext;
}

Digest Commitment(const SymmetricKey& key, BytesView context) {
  return *Digest::FromBytes(DeriveKey(key, "alcove key commitment v1", context).expose());
}

}  // namespace alcove::crypto
