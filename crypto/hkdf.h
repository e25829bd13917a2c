// HKDF with SHA-256 (RFC 5869). libsodium 1.0.18 has none; this one stands on its HMAC.
#pragma once

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::crypto {

// The pseudorandom key of RFC 5869.
SymmetricKey HkdfExtract(BytesView salt, BytesView input_key);
// `length` bytes, at most 255 * 32; more is INVALID_ARGUMENT. Outputs of one (key, length) under different infos are
// independent; outputs of different length under one info are prefixes of each other.
absl::StatusOr<Plaintext> HkdfExpand(BytesView pseudorandom_key, BytesView info, size_t length);
absl::StatusOr<Plaintext> HkdfSha256(BytesView salt, BytesView input_key, BytesView info, size_t length);

// The common case: one 32-byte key from one 32-byte key for one purpose. `label` is a constant of the caller's; keys
// of different labels or contexts are independent. info = label ‖ 0x00 ‖ context. Cannot fail.
SymmetricKey DeriveKey(const SymmetricKey& from, BytesView label, BytesView context = {});

}  // namespace alcove::crypto
