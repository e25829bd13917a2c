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
  const std::chrono::milliseconds elapsed = Elapsed();
  const base::Instant runs_on = latest_ + std::chrono::floor<std::chrono::seconds>(elapsed - at_);
  if (wall < runs_on) return runs_on;
  latest_ = wall;
  at_ = elapsed;
  return latest_;
}

std::chrono::milliseconds SystemClock::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

absl::Status CheckDay(const std::filesystem::path& file, base::Day today) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return absl::OkStatus();
  absl::StatusOr<std::string> text = ReadFile(file, 64);
  if (!text.ok()) return text.status();
  if (!text->empty() && text->back() == '\n') text->pop_back();
  const absl::StatusOr<base::Day> last = base::Day::FromText(*text);
  if (!last.ok()) return FileUnreadable(file, "it holds no day");
  return today < *last ? ClockRanBackward(last->Text(), today.Text()) : absl::OkStatus();
}

absl::Status RememberDay(const std::filesystem::path& file, base::Day today) {
  if (absl::Status s = CheckDay(file, today); !s.ok()) return s;
  // Beside, then in its place: a crash leaves the old day or the new one.
  const std::filesystem::path fresh = file.string() + ".new";
  unlink(fresh.c_str());
  if (absl::Status s = WriteNewFile(fresh, today.Text() + "\n"); !s.ok()) return s;
  std::error_code error;
  std::filesystem::rename(fresh, file, error);
  if (error) return FileNotWritten(file, error.message());
  return absl::OkStatus();
}

}  // namespace alcove::app
