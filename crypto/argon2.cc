#include "crypto/argon2.h"

#include "crypto/errors.h"
#include "crypto/sodium.h"

namespace alcove::crypto::internal {

absl::Status Argon2id(BytesView password, BytesView salt, uint64_t passes, size_t memory_bytes, uint8_t* out,
                      size_t size) {
  if (salt.size() != crypto_pwhash_SALTBYTES)
    return errors::WrongLength("the salt", crypto_pwhash_SALTBYTES, salt.size());
  if (crypto_pwhash(out, size, reinterpret_cast<const char*>(Raw(password)), password.size(), Raw(salt), passes,
                    memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return errors::OutOfMemory("Argon2id");
  }
  return absl::OkStatus();
}

}  // namespace alcove::crypto::internal
