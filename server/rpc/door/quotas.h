// What service accounts may call: one bucket of tokens each. An account is a line of the signed directory, so there are few; one
// that runs wild, or whose key was taken, slows down nobody else.
//
// Thread-safe; in memory only: after a restart every bucket is full.
#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "server/core/base/ids.h"
#include "server/core/base/ports.h"

namespace alcove::rpc {

class Quotas {
 public:
  struct Terms {
    double per_second = 50;  // calls, for as long as one likes
    double burst = 5000;     // above that, at once: a nightly sync of 100,000 people is about 800 calls
  };
  Quotas(const Terms& terms, const base::Clock& clock) : terms_(terms), clock_(clock) {}

  // BUDGET_EXHAUSTED when the account has no whole token left.
  absl::Status Spend(const base::StaffSlug& account);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::milliseconds filled{0};
  };
  const Terms terms_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace alcove::rpc
