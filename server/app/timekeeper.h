// Looks at the clock and keeps what it saw (core/clocks/seen.h): at the start, every hour, at the end, and at once when the
// clock leapt or a freeze is over.
//
// Only every hour, because a row that is written every minute would tell a thief of the disk between which minutes a
// reporter wrote (P8). A process that is killed loses up to an hour of the running time that ends a freeze.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/clocks/seen.h"

namespace alcove::app {

// Thread-safe.
class Timekeeper {
 public:
  struct World {
    const base::Reader& rows;
    base::OrganisationId organisation;
    const base::Clock& clock;
    crypto::Random& random;
    // Commits and waits for the answer.
    std::function<absl::Status(base::Transaction)> commit;
    base::EventSink& events;
  };

  // Counts running time from here. What is in `world` outlives the keeper.
  explicit Timekeeper(World world);

  // Looks, and commits what is due; may wait for the disk. Not on a thread of the Committer. True when a freeze began or
  // ended since the last look, by whomever it ended: what waited is due now.
  absl::StatusOr<bool> Look();
  // The last look: keeps what has run so far. Before the store closes.
  void Leave();

  // As of the last look.
  bool frozen() const;

 private:
  absl::StatusOr<bool> Look(bool leave);

  const World world_;
  mutable std::mutex mutex_;
  bool frozen_ = false;
  bool looked_ = false;
  // What was written last, and when on the monotonic clock.
  std::optional<base::RowVersion> version_;
  std::chrono::milliseconds since_;
};

}  // namespace alcove::app
