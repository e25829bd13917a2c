// SHA-256 comes from libcrypto and not from libsodium: it uses the processor's instructions for it, libsodium does not,
// and a filing hashes some eighty blocks. Its contexts on the stack (SHA256_CTX) allocate nothing and fetch nothing; they
// are deprecated in favour of EVP, which does both on every digest.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/sha.h>

#include <new>

#include "crypto/sodium.h"

namespace alcove::crypto {

using internal::Raw;

static_assert(sizeof(SHA256_CTX) <= sizeof(Sha256Stream));
static_assert(alignof(SHA256_CTX) <= 8);

Digest Sha256(BytesView message) { return Sha256Stream().Update(message).Finish(); }

WideDigest Sha512(BytesView message) {
  WideDigest digest;
  crypto_hash_sha512(digest.data(), Raw(message), message.size());
  return digest;
}

// None of the three can fail: they return 1.
Sha256Stream::Sha256Stream() { (void)SHA256_Init(new (state_.data()) SHA256_CTX); }

Sha256Stream& Sha256Stream::Update(BytesView piece) {
  (void)SHA256_Update(reinterpret_cast<SHA256_CTX*>(state_.data()), piece.data(), piece.size());
  return *this;
}

Digest Sha256Stream::Finish() {
  Digest digest;
  (void)SHA256_Final(digest.data(), reinterpret_cast<SHA256_CTX*>(state_.data()));
  return digest;
}

Digest Blake2b256(BytesView message) {
  Digest digest;
  crypto_generichash(digest.data(), Digest::kSize, Raw(message), message.size(), nullptr, 0);
  return digest;
}

absl::StatusOr<Bytes> Blake2b(size_t size, BytesView key, BytesView message) {
  if (size < 1 || size > 64) return errors::OutOfRange("the size of a BLAKE2b digest");
  if (key.size() > 64) return errors::TooLong("a BLAKE2b key", 64, key.size());
  Bytes digest(size, '\0');
  // The low-level door: crypto_generichash refuses digests and keys under 16 bytes, the public vectors hold some.
  crypto_generichash_blake2b(reinterpret_cast<unsigned char*>(digest.data()), size, Raw(message), message.size(),
                             key.empty() ? nullptr : Raw(key), key.size());
  return digest;
}

Digest KeyedBlake2b256(const SymmetricKey& key, BytesView message) {
  Digest digest;
  crypto_generichash(digest.data(), Digest::kSize, Raw(message), message.size(), key.data(), SymmetricKey::kSize);
  return digest;
}

Digest HmacSha256(BytesView key, BytesView message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, Raw(key), key.size());
  crypto_auth_hmacsha256_update(&state, Raw(message), message.size());
  Digest digest;
  crypto_auth_hmacsha256_final(&state, digest.data());
  Wipe(&state, sizeof state);
  return digest;
}

WideDigest HmacSha512(BytesView key, BytesView message) {
  crypto_auth_hmacsha512_state state;
  crypto_auth_hmacsha512_init(&state, Raw(key), key.size());
  crypto_auth_hmacsha512_update(&state, Raw(message), message.size());
  WideDigest digest;
  crypto_auth_hmacsha512_final(&state, digest.data());
  Wipe(&state, sizeof state);
  return digest;
}

}  // namespace alcove::crypto
