// HPKE base mode, single shot (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. Wraps a key to
// a person. It does not say who sealed: that is the signature's business.
//
// `info` binds the place the wrap belongs to (label, organisation, case, ...; crypto/format builds it) and must be
// the same on both sides.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct HpkeSealed {
  EncryptionKey enc;  // the ephemeral public key
  Bytes ciphertext;   // 16 bytes longer than the plaintext
};

inline constexpr size_t kHpkeTagSize = 16;

// Draws 32 bytes (ikmE of RFC 9180). INVALID_ARGUMENT when `to` is not UsableKey.
absl::StatusOr<HpkeSealed> HpkeSeal(const EncryptionKey& to, BytesView info, AssociatedData associated,
                                    BytesView plaintext, Random& random);
// UNAUTHENTICATED when anything differs from what HpkeSeal was given; INVALID_ARGUMENT when `enc` is not UsableKey
// or the ciphertext is shorter than 16 bytes.
absl::StatusOr<Plaintext> HpkeOpen(const DecryptionKey& key, const HpkeSealed& sealed, BytesView info,
                                   AssociatedData associated);

// INVALID_ARGUMENT when the key is all-zero, of low order, or not the canonical encoding of its value: everyone could
// open what is wrapped to such a key, or one key would have two ids.
absl::Status UsableKey(const EncryptionKey& key);

// DeriveKeyPair of RFC 9180 section 7.1.3; `input` at least 32 bytes.
absl::StatusOr<DecryptionKey> HpkeDeriveKey(BytesView input);

}  // namespace alcove::crypto
