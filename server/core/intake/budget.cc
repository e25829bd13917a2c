#include "server/core/intake/budget.h"

#include "server/core/intake/errors.h"

namespace alcove::intake {

Budgets::Budgets(const std::array<Rate, kCallCount>& rates, const base::Clock& clock) : rates_(rates), clock_(clock) {
  const std::chrono::milliseconds now = clock.Elapsed();
  for (int i = 0; i < kCallCount; ++i) buckets_[i] = base::TokenBucket(rates_[i], now);
}

absl::Status Budgets::Spend(Call call) {
  const auto i = static_cast<std::size_t>(call);
  if (rates_[i].per_second <= 0) return absl::OkStatus();
  const std::chrono::milliseconds now = clock_.Elapsed();
  std::lock_guard lock(mutex_);
  return buckets_[i].Spend(now) ? absl::OkStatus() : BudgetExhausted();
}

}  // namespace alcove::intake
