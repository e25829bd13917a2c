// Private key files at rest: XChaCha20-Poly1305 under a key that Argon2id makes from a passphrase.
//
//   "ALP1"(4) ‖ salt(16) ‖ nonce(24) ‖ ciphertext ‖ tag(16)
//
// Argon2id 256 MiB, 3 passes, fixed by the magic: a file cannot ask for less, nor for more than this machine has.
// A passphrase is trimmed of nothing and normalised in no way.
#pragma once

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

// INVALID_ARGUMENT for an empty passphrase, RESOURCE_EXHAUSTED without the memory. About half a second.
absl::StatusOr<Bytes> SealWithPassphrase(const SecretText& passphrase, BytesView plaintext, AssociatedData associated,
                                         Random& random);
// UNAUTHENTICATED for a wrong passphrase or a changed file, which cannot be told apart.
absl::StatusOr<Plaintext> OpenWithPassphrase(const SecretText& passphrase, BytesView sealed, AssociatedData associated);
// Whether the bytes begin like such a file.
bool IsPassphraseSealed(BytesView bytes);

}  // namespace alcove::crypto
