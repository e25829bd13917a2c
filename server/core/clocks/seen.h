// The time that was last seen, and what waits when it leaps.
//
// Every deadline here ends in something that cannot be taken back: a grant is released, a case goes to somebody else, a line
// is deleted. A wall clock that is set wrong would do all of that at once. So the time is written down, and a step of more
// than a day beyond what was written freezes those acts, until an administrator and an auditor say that the clock is right,
// until the clock is set back, or until the service has run for 72 hours: longer than that nobody keeps the dead-man (P7)
// from doing its work by switching the machine off. What the wall, the directory, a recusal or an exclusion decide does not
// wait, and neither does a refusal by the calendar.
//
// Pure functions; any thread.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <optional>
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/reader.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"

namespace alcove::clocks {

// A step of this much is none yet; a second more is.
inline constexpr std::chrono::hours kMostStep{24};
// Running time after which a freeze ends by itself.
inline constexpr std::chrono::hours kMostFrozen{72};

struct Freeze {
  base::Day from;                 // the last day before the leap
  base::Day to;                   // the day it leapt to; the furthest, when it leapt again
  std::chrono::seconds ahead{0};  // by how much the clock was then before where running alone would have brought it
  std::chrono::seconds ran{0};    // how long the service has run since, over all its restarts
  base::Day since;                // on which it froze, by the clock that had leapt

  friend bool operator==(const Freeze&, const Freeze&) = default;
};

// The one row of kClock.
struct SeenTime : base::Record {
  static constexpr base::Table kTable = base::Table::kClock;
  std::string key() const { return {}; }

  // Never goes back. While frozen: the time that it would be had the clock not leapt.
  base::Instant seen;
  std::optional<Freeze> freeze;
};

enum class Turn : std::uint8_t {
  kNone,
  kFroze,      // the clock leapt
  kTakenBack,  // frozen, and the clock was set right again: there was no leap
  kRanOut,     // frozen, and the service has run for long enough
};

struct Look {
  SeenTime time;
  Turn turn = Turn::kNone;
};

// What is to be written when the clock says `now` and the service has run for `ran` since `last` was written. Time that the
// service ran is no leap, so a store that took no writes for two days does not freeze anything.
Look LookAt(const SeenTime& last, base::Instant now, std::chrono::seconds ran);

// What cannot be undone waits: the clock leapt, it is leaping just now (nobody has looked since), or it stands before the day
// that was seen. Days by which such a thing is decided therefore never go back. A store that saw no time yet holds nothing.
bool Holds(const std::optional<base::Versioned<SeenTime>>& last, base::Instant now);
// The same, reading the row.
absl::StatusOr<bool> HoldsNow(const base::Reader& rows, base::Instant now);

absl::StatusOr<std::optional<base::Versioned<SeenTime>>> LastSeen(const base::Reader& rows);

// Looks, and says what to commit: the row when there is none, when something turned, or when `keep` asks for it; a leaf of no
// case when something turned. Nothing to commit otherwise.
absl::StatusOr<base::Outcome<Look>> Observe(const base::Reader& rows, const base::OrganisationId& organisation,
                                            base::Instant now, std::chrono::seconds ran, bool keep,
                                            crypto::Random& random);

// An administrator and an auditor say that `now` is right: the freeze ends, with a leaf of `requester`'s. False, with nothing
// put, when nothing is frozen.
absl::StatusOr<bool> Confirm(const base::Reader& rows, const base::OrganisationId& organisation,
                             const base::StaffSlug& requester, base::Instant now, crypto::Random& random,
                             base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves);

}  // namespace alcove::clocks
