// XChaCha20-Poly1305. The nonce is 24 random bytes drawn here and travels in front of the ciphertext, so no caller
// ever chooses one. Sealed layout: nonce(24) ‖ ciphertext ‖ tag(16), 40 bytes more than the plaintext.
//
// The construction does not commit to its key: where a sealed thing may be opened under several keys, the key's
// commitment must stand beside it (Commitment, below).
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

inline constexpr size_t kSealOverhead = 40;

Bytes Seal(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random);
inline Bytes Seal(const SymmetricKey& key, const Plaintext& plaintext, AssociatedData associated, Random& random) {
  return Seal(key, plaintext.view(), associated, random);
}
// The same, replacing what `out` holds and keeping its capacity: for rows, where one buffer serves a whole batch.
// `plaintext` must not lie inside `out`.
void SealInto(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random, Bytes* out);
// The same, added at the end of `out`.
void SealAppend(const SymmetricKey& key, BytesView plaintext, AssociatedData associated, Random& random, Bytes* out);

// UNAUTHENTICATED when key, associated data or any bit of `sealed` is not what Seal was given; nothing of the
// plaintext is returned then. INVALID_ARGUMENT when `sealed` is shorter than 40 bytes.
absl::StatusOr<Plaintext> Open(const SymmetricKey& key, BytesView sealed, AssociatedData associated);

// A public commitment to a key: HKDF(key, "alcove key commitment v1" ‖ 0x00 ‖ context). Two keys with one commitment
// would be a collision of SHA-256.
Digest Commitment(const SymmetricKey& key, BytesView context = {});

}  // namespace alcove::crypto
