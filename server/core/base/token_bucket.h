// A bucket of tokens: what may be spent at once, and how fast it comes back. Whoever holds one locks it, and says what a refusal is.
#pragma once

#include <algorithm>
#include <chrono>

namespace alcove::base {

struct Rate {
  double per_second = 0;
  double burst = 0;
};

class TokenBucket {
 public:
  TokenBucket() = default;
  // Full, from `now` on. Times are Clock::Elapsed.
  TokenBucket(const Rate& rate, std::chrono::milliseconds now) : rate_(rate), tokens_(rate.burst), filled_(now) {}

  // Takes one token; false when there is no whole one left.
  bool Spend(std::chrono::milliseconds now) {
    const double seconds = std::chrono::duration<double>(now - filled_).count();
    tokens_ = std::min(rate_.burst, tokens_ + seconds * rate_.per_second);
    filled_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  Rate rate_;
  double tokens_ = 0;
  std::chrono::milliseconds filled_{0};
};

}  // namespace alcove::base
