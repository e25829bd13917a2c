#include "server/rpc/door/quotas.h"

#include "server/core/base/errors.h"

namespace alcove::rpc {

absl::Status Quotas::Spend(const base::StaffSlug& account) {
  const std::chrono::milliseconds now = clock_.Elapsed();
  const std::lock_guard lock(mutex_);
  base::TokenBucket& bucket = buckets_.try_emplace(account.text(), rate_, now).first->second;
  return bucket.Spend(now) ? absl::OkStatus() : base::Refuse(base::Reason::kBudgetExhausted);
}

}  // namespace alcove::rpc
