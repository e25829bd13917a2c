// The price of an anonymous call: a puzzle on a challenge of one minute. Nobody is remembered: a challenge carries its own
// time and price under a MAC, and what was spent is kept as a hash until it would have expired anyway.
//
//   challenge = time4 (seconds of the monotonic clock) | price1 | random16 | MAC16 over the rest       37 bytes
//
// The price rises with the calls paid for in the running window: one bit more for each doubling over what the server is
// meant to bear, and falls back as the window empties. A gate with free calls asks for nothing until they are used up; from
// then it takes no challenge that was given while it was calm, so that nobody collects those for the flood to come.
#pragma once

#include <absl/status/status.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/ports.h"

namespace alcove::intake {

struct WorkTerms {
  int base_price = 16;            // leading zero bits while the server is idle; 0: no work is ever asked
  int most_bits = 26;             // the price never rises above
  std::uint32_t free_calls = 0;   // calls a minute for which nothing is asked; what is above them pays for each call
  std::uint32_t calm_calls = 600;  // paid calls a minute that the base price holds for
  std::size_t most_spent = 200000;  // challenges remembered as spent; beyond it every call is refused for the minute
};

// Thread-safe; in memory only.
class WorkGate {
 public:
  WorkGate(crypto::SymmetricKey mac_key, const WorkTerms& terms, const base::Clock& clock, crypto::Random& random);

  struct Challenge {
    crypto::Bytes challenge;
    std::uint32_t price = 0;
  };
  Challenge Issue();

  // Leading zero bits asked of a challenge issued now.
  std::uint32_t price() const;

  // Takes the payment for one call. WORK_REQUIRED when challenge or solution is wrong, expired or spent, or, with free calls,
  // when the challenge is two bits or more below the price; BUDGET_EXHAUSTED when the spent set is full. Always OK at base
  // price 0, and while calls are free.
  absl::Status Pay(crypto::BytesView challenge, crypto::BytesView solution);

 private:
  // While the mutex is held.
  std::uint32_t PriceNow() const;
  void Turn() const;

  const crypto::SymmetricKey mac_key_;
  const WorkTerms terms_;
  const base::Clock& clock_;
  crypto::Random& random_;

  mutable std::mutex mutex_;
  // Two generations of a minute each: a challenge lives for one minute, so the older generation covers it.
  mutable std::int64_t generation_ = 0;
  mutable std::array<std::unordered_set<std::string>, 2> spent_;
  mutable std::array<std::uint32_t, 2> paid_{};
};

}  // namespace alcove::intake
