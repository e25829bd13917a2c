#include "server/app/timekeeper.h"

#include <utility>

#include "server/core/base/errors.h"

namespace alcove::app {
namespace {

constexpr std::chrono::hours kKeepEvery{1};
constexpr int kMostTries = 8;

}  // namespace

Timekeeper::Timekeeper(World world) : world_(std::move(world)), since_(world_.clock.Elapsed()) {}

absl::StatusOr<bool> Timekeeper::Look() { return Look(false); }

void Timekeeper::Leave() {
  // A store that takes nothing any more: the hour is lost, nothing else.
  Look(true).status().IgnoreError();
}

bool Timekeeper::frozen() const {
  const std::lock_guard lock(mutex_);
  return frozen_;
}

absl::StatusOr<bool> Timekeeper::Look(bool leave) {
  const std::lock_guard lock(mutex_);
  absl::Status status;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const std::chrono::milliseconds elapsed = world_.clock.Elapsed();
    const auto last = clocks::LastSeen(world_.rows);
    if (!last.ok()) return last.status();
    // Somebody confirmed the clock: what ran before is in that row.
    if (looked_ && *last && version_ != (*last)->version) since_ = elapsed;
    version_ = *last ? std::optional((*last)->version) : std::nullopt;
    const auto ran = std::chrono::floor<std::chrono::seconds>(elapsed - since_);
    const bool keep = leave || !looked_ || ran >= kKeepEvery;
    auto outcome = clocks::Observe(world_.rows, world_.organisation, world_.clock.Now(), ran, keep, world_.random);
    if (!outcome.ok()) return outcome.status();
    if (!outcome->changes.empty()) {
      base::Transaction transaction;
      transaction.changes = std::move(outcome->changes);
      transaction.leaves = std::move(outcome->leaves);
      status = world_.commit(std::move(transaction));
      if (base::ReasonOf(status) == base::Reason::kContended) continue;
      if (!status.ok()) return status;
      const auto written = clocks::LastSeen(world_.rows);
      if (!written.ok()) return written.status();
      if (*written) version_ = (*written)->version;
      since_ += ran;
    }
    const bool was = std::exchange(frozen_, outcome->answer.time.freeze.has_value());
    const bool first = !std::exchange(looked_, true);
    if (frozen_ && (!was || first)) world_.events.Record(base::Event::kClockFrozen);
    if (!frozen_ && (was || outcome->answer.turn != clocks::Turn::kNone))
      world_.events.Record(base::Event::kClockReleased);
    return frozen_ != was;
  }
  return status;
}

}  // namespace alcove::app
