// What service accounts may call: one bucket of tokens each. An account is a line of the signed directory, so there are few; one
// that runs wild, or whose key was taken, slows down nobody else.
//
// Thread-safe; in memory only: after a restart every bucket is full.
#pragma once

#include <absl/status/status.h>

#include <map>
#include <mutex>
#include <string>

#include "server/core/base/ids.h"
#include "server/core/base/ports.h"
#include "server/core/base/token_bucket.h"

namespace alcove::rpc {

class Quotas {
 public:
  // Calls: 50 a second for as long as one likes, and so many at once. A nightly sync of 100,000 people is about 800.
  static constexpr base::Rate kRate{50, 5000};
  Quotas(const base::Rate& rate, const base::Clock& clock) : rate_(rate), clock_(clock) {}

  // BUDGET_EXHAUSTED when the account has no whole token left.
  absl::Status Spend(const base::StaffSlug& account);

 private:
  const base::Rate rate_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, base::TokenBucket> buckets_;
};

}  // namespace alcove::rpc
