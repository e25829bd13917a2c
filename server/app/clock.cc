#include "server/app/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "server/app/errors.h"
#include "server/app/keys.h"

namespace alcove::app {

base::Day SystemClock::Today() const { return base::DayOf(Now()); }

base::Instant SystemClock::Now() const {
  const base::Instant wall = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::lock_guard lock(mutex_);
  latest_ = std::max(latest_, wall);
  return latest_;
}

std::chrono::milliseconds SystemClock::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

absl::Status RememberDay(const std::filesystem::path& file, base::Day today) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    absl::StatusOr<std::string> text = ReadFile(file, 64);
    if (!text.ok()) return text.status();
    if (!text->empty() && text->back() == '\n') text->pop_back();
    const absl::StatusOr<base::Day> last = base::Day::FromText(*text);
    if (!last.ok()) return FileUnreadable(file, "it holds no day");
    if (today < *last) return ClockRanBackward(last->Text(), today.Text());
    if (today == *last) return absl::OkStatus();
  }
  // Beside, then in its place: a crash leaves the old day or the new one.
  const std::filesystem::path fresh = file.string() + ".new";
  unlink(fresh.c_str());
  if (absl::Status s = WriteNewFile(fresh, today.Text() + "\n"); !s.ok()) return s;
  std::filesystem::rename(fresh, file, error);
  if (error) return FileNotWritten(file, error.message());
  return absl::OkStatus();
}

}  // namespace alcove::app
