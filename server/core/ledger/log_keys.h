// The keys that sign for the ledger. There is one, or, while it is replaced, two: then every checkpoint carries both
// signatures, so that whoever knows either key can check it, and promises are signed by the one that the newest directory
// names. So a key is replaced without a moment in which somebody's client finds a signature that it does not know:
//
//   1. the operator adds the next key; checkpoints carry both signatures from then on;
//   2. a directory is published that names the next key: Follow;
//   3. the operator puts the next key in the place of the old one.
//
// Threads: any.
#pragma once

#include <atomic>
#include <optional>

#include "crypto/secret.h"

namespace alcove::ledger {

class LogKeys {
 public:
  explicit LogKeys(crypto::SigningKey key, std::optional<crypto::SigningKey> next = std::nullopt);

  // Signs promises, and is what the service is known by.
  const crypto::SigningKey& current() const { return next_is_current_ ? *next_ : key_; }
  // Signs checkpoints beside it; null while there is one key alone.
  const crypto::SigningKey* other() const;
  bool Holds(const crypto::VerifyKey& key) const;
  // The key that the directory in force names signs from now on. False, and nothing happens, when it is neither of ours.
  bool Follow(const crypto::VerifyKey& named);

 private:
  const crypto::SigningKey key_;
  const std::optional<crypto::SigningKey> next_;
  std::atomic<bool> next_is_current_{false};
};

}  // namespace alcove::ledger
