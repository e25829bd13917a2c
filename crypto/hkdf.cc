#include "crypto/hkdf.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

// out must have room for `length`, at most 255 blocks.
void Expand(BytesView pseudorandom_key, BytesView label, BytesView info, uint8_t* out, size_t length) {
  crypto_auth_hmacsha256_state keyed;
  crypto_auth_hmacsha256_init(&keyed, internal::Raw(pseudorandom_key), pseudorandom_key.size());
  std::array<unsigned char, 32> block;
  for (unsigned char counter = 1; length > 0; ++counter) {
    crypto_auth_hmacsha256_state state = keyed;
    if (counter > 1) crypto_auth_hmacsha256_update(&state, block.data(), block.size());
    crypto_auth_hmacsha256_update(&state, internal::Raw(label), label.size());
    crypto_auth_hmacsha256_update(&state, internal::Raw(info), info.size());
    crypto_auth_hmacsha256_update(&state, &counter, 1);
    crypto_auth_hmacsha256_final(&state, block.data());
    Wipe(&state, sizeof state);
    const size_t part = std::min(length, block.size());
    std::memcpy(out, block.data(), part);
    out += part;
    length -= part;
  }
  Wipe(&keyed, sizeof keyed);
  Wipe(block.data(), block.size());
}

}  // namespace

SymmetricKey HkdfExtract(BytesView salt, BytesView input_key) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, internal::Raw(salt), salt.size());
  crypto_auth_hmacsha256_update(&state, internal::Raw(input_key), input_key.size());
  SymmetricKey key = SymmetricKey::Blank();
  crypto_auth_hmacsha256_final(&state, key.mutable_bytes());
  Wipe(&state, sizeof state);
  return key;
}

absl::StatusOr<Plaintext> HkdfExpand(BytesView pseudorandom_key, BytesView info, size_t length) {
  constexpr size_t kMost = 255 * 32;
  if (length > kMost) return errors::TooLong("the output of HKDF", kMost, length);
  Plaintext output(Bytes(length, '\0'));
  Expand(pseudorandom_key, {}, info, reinterpret_cast<uint8_t*>(output.bytes.data()), length);
  return output;
}

absl::StatusOr<Plaintext> HkdfSha256(BytesView salt, BytesView input_key, BytesView info, size_t length) {
  return HkdfExpand(HkdfExtract(salt, input_key).expose(), info, length);
}

SymmetricKey DeriveKey(const SymmetricKey& from, BytesView label, BytesView context) {
  const SymmetricKey pseudorandom = HkdfExtract({}, from.expose());
  Bytes prefix;
  prefix.reserve(label.size() + 1);
  prefix.append(label).push_back('\0');
  SymmetricKey key = SymmetricKey::Blank();
  Expand(pseudorandom.expose(), prefix, context, key.mutable_bytes(), SymmetricKey::kSize);
  return key;
}

}  // namespace alcove::crypto
