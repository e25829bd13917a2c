// Hashes and message authentication. Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct WideDigestTag {
  static constexpr std::string_view kName = "wide digest";
};
using WideDigest = FixedBytes<64, WideDigestTag>;  // SHA-512 or HMAC-SHA-512

Digest Sha256(BytesView message);  // FIPS 180-4
WideDigest Sha512(BytesView message);

// SHA-256 of a message that arrives in pieces. Finish may be called once; the object is spent afterwards.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream& Update(BytesView piece);
  Digest Finish();

 private:
  alignas(8) std::array<uint8_t, 112> state_;
};

Digest Blake2b256(BytesView message);  // RFC 7693, 32 bytes, no key
// BLAKE2b of 1..64 bytes with a key of 0..64; other sizes are INVALID_ARGUMENT.
absl::StatusOr<Bytes> Blake2b(size_t size, BytesView key, BytesView message);
// BLAKE2b-256 keyed: a PRF, for lookups under a key.
Digest KeyedBlake2b256(const SymmetricKey& key, BytesView message);

Digest HmacSha256(BytesView key, BytesView message);  // RFC 2104; key of any length
WideDigest HmacSha512(BytesView key, BytesView message);
inline Digest HmacSha256(const SymmetricKey& key, BytesView message) { return HmacSha256(key.expose(), message); }

}  // namespace alcove::crypto
