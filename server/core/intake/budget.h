// Budgets for strangers' calls: one bucket of tokens for each kind of call, for everybody together. No caller is told
// apart from another, so none is remembered; what a flood costs is bounded, and a filing has a bucket of its own, so that
// a flood of the cheap calls does not take its place.
#pragma once

#include <absl/status/status.h>

#include <array>
#include <cstdint>
#include <mutex>

#include "server/core/base/ports.h"
#include "server/core/base/token_bucket.h"

namespace alcove::intake {

enum class Call : std::uint8_t { kRead, kChallenge, kTags, kPlan, kSubmit, kRepeat, kSignIn, kSignInChallenge, kProtection };
inline constexpr int kCallCount = 9;

using base::Rate;  // per_second 0: no limit

// Thread-safe; in memory only.
class Budgets {
 public:
  Budgets(const std::array<Rate, kCallCount>& rates, const base::Clock& clock);

  // BUDGET_EXHAUSTED when the bucket has no whole token left.
  absl::Status Spend(Call call);

 private:
  const std::array<Rate, kCallCount> rates_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::array<base::TokenBucket, kCallCount> buckets_;
};

}  // namespace alcove::intake
