// What core needs from the world. Only `main` chooses what stands behind these; tests hand in their own.
// (Randomness is crypto::Random; reading and writing rows is in store.h.)
#pragma once

#include <chrono>
#include <cstdint>

#include "server/core/base/time.h"

namespace alcove::base {

// The time. Thread-safe. `Today` and `Now` follow the wall clock in UTC and may jump; `Elapsed` never goes back, starts
// anywhere, and is what budgets and lifetimes in memory count with.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Day Today() const = 0;
  virtual Instant Now() const = 0;
  virtual std::chrono::milliseconds Elapsed() const = 0;
};

// Everything that may be said in the event log about the work of core and storage. A value of this list, never a text,
// leaves the rules: so no report, receipt, name or address can. Values count up in metrics of the same name.
enum class Event : std::uint8_t {
  kStarted,
  kDraining,
  kStopped,
  kStoreFull,             // the disk is full: writes are refused, reads by reporters go on
  kStoreResumed,          // there is room again
  kStoreFailed,           // a write failed for another cause: the process stops without acknowledging
  kStoreSlow,             // the queue of writes reached its bound; callers were told to come back
  kRowRefused,            // a stored row did not open under its key: damaged, moved or forged
  kLedgerCut,             // a checkpoint was published
  kDirectoryPublished,
  kPolicyPublished,
  kChartSynced,
  kIntakeClosed,          // no directory, no policy, or fewer than two fallbacks
  kDirectoryExpiring,     // less than 30 days left
  kAnonymousBudgetUsed,   // strangers' calls met their budget
  kWorkPriceRaised,
  kDeadlineLapsed,
  kFallbackReleased,
  kClockFrozen,           // the wall clock leapt ahead: what cannot be undone waits
  kClockReleased,         // it does not wait any more
  kMailsSent,             // the day's mails are all with the mail server
  kMailDelayed,           // the mail server did not take one; it is tried again
  kBackupMade,
  kBackupFailed,
  kInvariantBroken,       // a fault of ours; a developer is needed
};
inline constexpr int kEventCount = static_cast<int>(Event::kInvariantBroken) + 1;

// Takes events. Thread-safe, does not block, cannot fail.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Record(Event event) = 0;
};

}  // namespace alcove::base
