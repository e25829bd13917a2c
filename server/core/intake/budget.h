// Budgets for strangers' calls: one bucket of tokens for each kind of call, for everybody together. No caller is told
// apart from another, so none is remembered; what a flood costs is bounded, and a filing has a bucket of its own, so that
// a flood of the cheap calls does not take its place.
#pragma once

#include <absl/status/status.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "server/core/base/ports.h"

namespace alcove::intake {

enum class Call : std::uint8_t { kRead, kChallenge, kTags, kPlan, kSubmit, kRepeat, kSignIn, kSignInChallenge, kProtection };
inline constexpr int kCallCount = 9;

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};

// Thread-safe; in memory only.
class Budgets {
 public:
  Budgets(const std::array<Rate, kCallCount>& rates, const base::Clock& clock);

  // BUDGET_EXHAUSTED when the bucket has no whole token left.
  absl::Status Spend(Call call);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::milliseconds filled{0};
  };
  const std::array<Rate, kCallCount> rates_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::array<Bucket, kCallCount> buckets_;
};

}  // namespace alcove::intake
