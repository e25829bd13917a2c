// Open sessions, in memory only: after a restart everybody signs in again. Tokens are kept as SHA-256, so that a copy of
// the memory gives nobody a session.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "server/core/base/ports.h"
#include "server/rpc/door/principals.h"

namespace alcove::rpc {

struct Session {
  Principal principal;
  crypto::VerifyKey key;  // the one that signed in
  std::chrono::milliseconds expires{0};
};

// Thread-safe.
class Sessions {
 public:
  static constexpr std::size_t kTokenSize = 32;
  static constexpr std::chrono::seconds kLifetime{15 * 60};
  // One more for a principal ends that principal's oldest; beyond the total nobody signs in (kBudgetExhausted).
  static constexpr std::size_t kMostOfOne = 8;
  static constexpr std::size_t kMost = 65'536;

  // Both outlive the sessions.
  Sessions(const base::Clock& clock, crypto::Random& random) : clock_(clock), random_(random) {}

  // The token, 32 random bytes: known to the caller alone from here on.
  absl::StatusOr<crypto::Bytes> Open(const Principal& principal, const crypto::VerifyKey& key);

  // Nothing for a token that was never given, has expired or was closed.
  std::optional<Session> Find(crypto::BytesView token) const;

  // Unknown tokens are none the wiser.
  void Close(crypto::BytesView token);

  std::size_t size() const;

 private:
  void DropExpired();
  void DropOldestOf(const std::string& name);

  const base::Clock& clock_;
  crypto::Random& random_;
  mutable std::mutex mutex_;
  std::unordered_map<crypto::Digest, Session> sessions_;
  std::unordered_map<std::string, std::deque<crypto::Digest>> of_principal_;
  std::deque<crypto::Digest> by_age_;
};

}  // namespace alcove::rpc
