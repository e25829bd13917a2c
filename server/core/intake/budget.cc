#include "server/core/intake/budget.h"

#include <algorithm>

#include "server/core/intake/errors.h"

namespace alcove::intake {

Budgets::Budgets(const std::array<Rate, kCallCount>& rates, const base::Clock& clock) : rates_(rates), clock_(clock) {
  const std::chrono::milliseconds now = clock.Elapsed();
  for (int i = 0; i < kCallCount; ++i) buckets_[i] = {rates_[i].burst, now};
}

absl::Status Budgets::Spend(Call call) {
  const auto i = static_cast<std::size_t>(call);
  if (rates_[i].per_second <= 0) return absl::OkStatus();
  const std::chrono::milliseconds now = clock_.Elapsed();
  std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[i];
  const double seconds = static_cast<double>((now - bucket.filled).count()) / 1000.0;
  bucket.tokens = std::min(rates_[i].burst, bucket.tokens + seconds * rates_[i].per_second);
  bucket.filled = now;
  if (bucket.tokens < 1) return BudgetExhausted();
  bucket.tokens -= 1;
  return absl::OkStatus();
}

}  // namespace alcove::intake
