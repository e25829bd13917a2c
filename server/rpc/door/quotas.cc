#include "server/rpc/door/quotas.h"

#include <algorithm>

#include "server/core/base/errors.h"

namespace alcove::rpc {

absl::Status Quotas::Spend(const base::StaffSlug& account) {
  const std::chrono::milliseconds now = clock_.Elapsed();
  const std::lock_guard lock(mutex_);
  const auto [found, fresh] = buckets_.try_emplace(account.text(), Bucket{terms_.burst, now});
  Bucket& bucket = found->second;
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(terms_.burst, bucket.tokens + seconds * terms_.per_second);
  bucket.filled = now;
  if (bucket.tokens < 1) return base::Refuse(base::Reason::kBudgetExhausted);
  bucket.tokens -= 1;
  return absl::OkStatus();
}

}  // namespace alcove::rpc
