// Ed25519 (RFC 8032) with a label in front of every message, so that a signature made for one purpose is none for
// another. Signed bytes: label ‖ 0x00 ‖ message.
//
// Verification is libsodium's: cofactorless, and refuses non-canonical S, keys and R of low order and non-canonical
// keys, so one signature has one encoding.
#pragma once

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::crypto {

// `label` is a constant of the program without a zero byte; any other ends the process.
Signature Sign(const SigningKey& key, BytesView label, BytesView message);
// OK or UNAUTHENTICATED. One Ed25519 verification (about 50 µs), no allocation beyond one buffer a thread keeps.
absl::Status Verify(const VerifyKey& key, BytesView label, BytesView message, const Signature& signature);

// Without a label: only for formats that are fixed elsewhere (signed notes) and for test vectors.
Signature SignRaw(const SigningKey& key, BytesView message);
absl::Status VerifyRaw(const VerifyKey& key, BytesView message, const Signature& signature);

// INVALID_ARGUMENT unless the key is the canonical encoding of a point of the prime-order group: neither zero nor
// identity nor of low or mixed order. Ask before a key enters a directory; Verify refuses what matters by itself.
absl::Status UsableKey(const VerifyKey& key);

}  // namespace alcove::crypto
