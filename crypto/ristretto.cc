#include "crypto/ristretto.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/sodium.h"

namespace alcove::crypto::internal {

bool IsCanonicalScalar(const uint8_t* scalar) {
  std::array<unsigned char, 64> wide{};
  std::array<unsigned char, 32> reduced;
  std::memcpy(wide.data(), scalar, 32);
  crypto_core_ristretto255_scalar_reduce(reduced.data(), wide.data());
  const bool same = sodium_memcmp(reduced.data(), scalar, 32) == 0;
  Wipe(wide.data(), wide.size());
  Wipe(reduced.data(), reduced.size());
  return same;
}

bool IsZeroScalar(const uint8_t* scalar) { return sodium_is_zero(scalar, 32) == 1; }

void DrawScalar(Random& random, uint8_t* out) {
  std::array<unsigned char, 64> wide;
  random.Fill(wide.data(), wide.size());
  crypto_core_ristretto255_scalar_reduce(out, wide.data());
  Wipe(wide.data(), wide.size());
}

RistrettoPoint ElementFromUniform(BytesView uniform) {
  if (uniform.size() != crypto_core_ristretto255_HASHBYTES) Broken("a group element is made from 64 bytes");
  RistrettoPoint point;
  crypto_core_ristretto255_from_hash(point.data(), Raw(uniform));
  return point;
}

Bytes ExpandMessageSha512(BytesView message, BytesView dst, size_t length) {
  constexpr size_t kBlock = 128;
  constexpr size_t kDigest = 64;
  const size_t blocks = (length + kDigest - 1) / kDigest;
  if (dst.empty() || dst.size() > 255 || length > 65535 || blocks > 255) Broken("expand_message_xmd out of its range");

  Bytes dst_prime(dst);
  dst_prime.push_back(static_cast<char>(dst.size()));

  Plaintext first_input;  // holds the message, which may be an identifier
  first_input.bytes.reserve(kBlock + message.size() + 3 + dst_prime.size());
  first_input.bytes.append(kBlock, '\0').append(message);
  first_input.bytes.push_back(static_cast<char>(length >> 8));
  first_input.bytes.push_back(static_cast<char>(length & 0xff));
  first_input.bytes.push_back('\0');
  first_input.bytes.append(dst_prime);
  const WideDigest first = Sha512(first_input.view());

  Bytes uniform;
  uniform.reserve(blocks * kDigest);
  WideDigest previous;
  for (size_t i = 1; i <= blocks; ++i) {
    Bytes input(kDigest, '\0');
    for (size_t j = 0; j < kDigest; ++j) input[j] = static_cast<char>(first.data()[j] ^ previous.data()[j]);
    input.push_back(static_cast<char>(i));
    input.append(dst_prime);
    previous = Sha512(input);
    uniform.append(previous.view());
  }
  uniform.resize(length);
  return uniform;
}

}  // namespace alcove::crypto::internal
