// Nonces for signing in. The server remembers nothing when it gives one, and gives one to any name: the bytes are
//
//   elapsed8 random24 mac32      mac = keyed BLAKE2b-256 over elapsed8 random24 principal
//
// under a key drawn at start. A nonce is good for one minute, for the principal that asked, and once: those that opened a
// session are remembered until they expire. Failed attempts leave nothing behind, so nobody can fill the memory without a
// key that verifies.
#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/ports.h"

namespace alcove::rpc {

// Thread-safe.
class Nonces {
 public:
  static constexpr std::size_t kSize = 64;
  static constexpr std::chrono::milliseconds kLifetime{60'000};
  // Sessions opened within one lifetime; beyond it signing in is refused with kBudgetExhausted.
  static constexpr std::size_t kMostSpent = 65'536;

  // Both outlive the nonces.
  Nonces(const base::Clock& clock, crypto::Random& random);

  crypto::Bytes Give(std::string_view principal);

  // Whether `nonce` was given to `principal` within the last minute. Says nothing about spent ones.
  bool Genuine(std::string_view principal, crypto::BytesView nonce) const;

  // Marks a genuine nonce as used: kSignInRefused when it was before, kBudgetExhausted when the memory is full.
  absl::Status Spend(crypto::BytesView nonce);

 private:
  crypto::Bytes Mac(std::string_view principal, crypto::BytesView head) const;

  const base::Clock& clock_;
  crypto::Random& random_;
  const crypto::SymmetricKey key_;

  std::mutex mutex_;
  // Two generations: a nonce is looked for in both, and each lives for one to two lifetimes.
  std::chrono::milliseconds generation_begun_{0};
  std::unordered_set<std::string> spent_;
  std::unordered_set<std::string> spent_before_;
};

}  // namespace alcove::rpc
