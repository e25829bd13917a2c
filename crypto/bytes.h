// Public values of fixed length: keys that may be shown, digests, signatures, ids. Nothing here is secret; secrets
// are in secret.h and cannot be compared with == or printed.
//
// A FixedBytes of one tag does not convert to another of the same size, so a Digest cannot be passed for a key.
// All types are values, safe to copy and to use from several threads as any std::array is.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/errors.h"

namespace alcove::crypto {

// Bytes are carried in strings because protobuf, RocksDB and files carry them so.
using Bytes = std::string;
using BytesView = std::string_view;

// N public bytes. Tag::kName is what error texts call the value.
template <size_t N, class Tag>
class FixedBytes {
 public:
  static constexpr size_t kSize = N;

  // All zero.
  constexpr FixedBytes() = default;

  // INVALID_ARGUMENT unless exactly N bytes are given. Says nothing about what they mean: see UsableKey in sign.h
  // and hpke.h for public keys.
  static absl::StatusOr<FixedBytes> FromBytes(BytesView bytes) {
    if (bytes.size() != N) return errors::WrongLength(Tag::kName, N, bytes.size());
    FixedBytes fixed;
    std::memcpy(fixed.bytes_.data(), bytes.data(), N);
    return fixed;
  }

  BytesView view() const { return {reinterpret_cast<const char*>(bytes_.data()), N}; }
  Bytes str() const { return Bytes(view()); }
  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }

  bool IsZero() const { return *this == FixedBytes(); }

  friend bool operator==(const FixedBytes&, const FixedBytes&) = default;
  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;

 private:
  std::array<uint8_t, N> bytes_{};
};

struct EncryptionKeyTag {
  static constexpr std::string_view kName = "encryption key";
};
struct VerifyKeyTag {
  static constexpr std::string_view kName = "verify key";
};
struct SignatureTag {
  static constexpr std::string_view kName = "signature";
};
struct DigestTag {
  static constexpr std::string_view kName = "digest";
};
struct KeyIdTag {
  static constexpr std::string_view kName = "key id";
};
struct RistrettoPointTag {
  static constexpr std::string_view kName = "ristretto255 element";
};
struct RistrettoScalarTag {
  static constexpr std::string_view kName = "ristretto255 scalar";
};
struct SubjectTagTag {
  static constexpr std::string_view kName = "subject tag";
};

using EncryptionKey = FixedBytes<32, EncryptionKeyTag>;  // X25519 public key
using VerifyKey = FixedBytes<32, VerifyKeyTag>;          // Ed25519 public key
using Signature = FixedBytes<64, SignatureTag>;          // Ed25519
using Digest = FixedBytes<32, DigestTag>;                // SHA-256, BLAKE2b-256 or HMAC-SHA-256
using KeyId = FixedBytes<16, KeyIdTag>;
using RistrettoPoint = FixedBytes<32, RistrettoPointTag>;
using RistrettoScalar = FixedBytes<32, RistrettoScalarTag>;  // a public scalar; secret ones are in oprf.h, shamir.h
using SubjectTag = FixedBytes<64, SubjectTagTag>;            // output of the OPRF

// The first 16 bytes of SHA-256("alcove key id v1" ‖ 0x00 ‖ type ‖ public key); type is 1 for X25519, 2 for Ed25519,
// so that one 32-byte string used as both has two ids.
KeyId KeyIdOf(const EncryptionKey& key);
KeyId KeyIdOf(const VerifyKey& key);

}  // namespace alcove::crypto

template <size_t N, class Tag>
struct std::hash<alcove::crypto::FixedBytes<N, Tag>> {
  size_t operator()(const alcove::crypto::FixedBytes<N, Tag>& bytes) const {
    return std::hash<std::string_view>()(bytes.view());
  }
};
