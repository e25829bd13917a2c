#include "server/core/ledger/log_keys.h"

#include <utility>

namespace alcove::ledger {

LogKeys::LogKeys(crypto::SigningKey key, std::optional<crypto::SigningKey> next)
    : key_(std::move(key)), next_(std::move(next)) {}

const crypto::SigningKey* LogKeys::other() const {
  if (!next_) return nullptr;
  return next_is_current_ ? &key_ : &*next_;
}

bool LogKeys::Holds(const crypto::VerifyKey& key) const {
  return key == key_.verify_key() || (next_ && key == next_->verify_key());
}

bool LogKeys::Follow(const crypto::VerifyKey& named) {
  if (!Holds(named)) return false;
  next_is_current_ = key_.verify_key() != named;
  return true;
}

}  // namespace alcove::ledger
