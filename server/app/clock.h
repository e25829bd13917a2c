// The machine's clock, and the memory of the last day on which this data was used.
#pragma once

#include <absl/status/status.h>

#include <filesystem>
#include <mutex>

#include "server/core/base/ports.h"

namespace alcove::app {

// Wall clock and monotonic clock. Within one process time never goes back and never stands still: a machine whose wall
// clock is set back is followed by its monotonic clock from the latest time on, until the wall clock has caught up. So
// setting it back holds no deadline up. Thread-safe.
class SystemClock final : public base::Clock {
 public:
  base::Day Today() const override;
  base::Instant Now() const override;
  std::chrono::milliseconds Elapsed() const override;

 private:
  mutable std::mutex mutex_;
  // The latest time of the wall clock, and when that was on the monotonic clock.
  mutable base::Instant latest_{};
  mutable std::chrono::milliseconds at_{};
};

// A day before the one that `file` remembers is refused with ClockRanBackward: deadlines would be wrong and sessions of
// the past valid again. A file that is not there remembers nothing.
absl::Status CheckDay(const std::filesystem::path& file, base::Day today);
// The same, and the file remembers `today` from here on. Not to be told a day that nobody believes yet: a clock that leapt
// and was set right could not serve until it is there again.
absl::Status RememberDay(const std::filesystem::path& file, base::Day today);

}  // namespace alcove::app
