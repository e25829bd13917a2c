// The machine's clock, and the memory of the last day on which this data was used.
#pragma once

#include <absl/status/status.h>

#include <filesystem>
#include <mutex>

#include "server/core/base/ports.h"

namespace alcove::app {

// Wall clock and monotonic clock. Within one process the wall clock never goes back: what jumps backwards stands still
// until the machine has caught up. Thread-safe.
class SystemClock final : public base::Clock {
 public:
  base::Day Today() const override;
  base::Instant Now() const override;
  std::chrono::milliseconds Elapsed() const override;

 private:
  mutable std::mutex mutex_;
  mutable base::Instant latest_{};
};

// A day before the one that `file` remembers is refused with ClockRanBackward: deadlines would be wrong and sessions of
// the past valid again. A file that is not there remembers nothing. Otherwise the file remembers `today` from here on.
absl::Status RememberDay(const std::filesystem::path& file, base::Day today);

}  // namespace alcove::app
