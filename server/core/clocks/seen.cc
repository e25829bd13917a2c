#include "server/core/clocks/seen.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/ledger/draft.h"

namespace alcove::clocks {
namespace {

using format::LeafKind;

// Days in the ledger never go back, even if the clock did.
base::Instant NotBefore(base::Instant now, const SeenTime& last) { return std::max(now, last.seen); }

ledger::Act ActOf(const Look& look, base::Instant now) {
  if (look.turn == Turn::kFroze)
    return ledger::Act::OfServer(LeafKind::kClockFrozen, look.time.freeze->from,
                                 format::details::ClockFrozen(look.time.freeze->from, look.time.freeze->to));
  return ledger::Act::OfServer(LeafKind::kClockReleased, base::DayOf(NotBefore(now, look.time)));
}

}  // namespace

Look LookAt(const SeenTime& last, base::Instant now, std::chrono::seconds ran) {
  ran = std::max(ran, std::chrono::seconds(0));
  Look look;
  look.time = last;
  SeenTime& time = look.time;
  // Where the clock would stand had it only run.
  const base::Instant runs_on = last.seen + ran;
  if (!last.freeze) {
    if (now <= runs_on + kMostStep) {
      time.seen = NotBefore(now, last);
      return look;
    }
    time.freeze = Freeze{base::DayOf(runs_on), base::DayOf(now), now - runs_on, {}, base::DayOf(now)};
    time.seen = runs_on;
    look.turn = Turn::kFroze;
    return look;
  }
  time.seen = runs_on;
  time.freeze->ran += ran;
  if (now <= runs_on + kMostStep) {
    time.freeze.reset();
    time.seen = NotBefore(now, last);
    look.turn = Turn::kTakenBack;
  } else if (time.freeze->ran >= kMostFrozen) {
    time.freeze.reset();
    time.seen = now;
    look.turn = Turn::kRanOut;
  } else if (now - runs_on > time.freeze->ahead + kMostStep) {
    // Leaping again prolongs nothing.
    time.freeze->to = base::DayOf(now);
    time.freeze->ahead = now - runs_on;
  }
  return look;
}

bool Holds(const std::optional<base::Versioned<SeenTime>>& last, base::Instant now) {
  if (!last) return false;
  const SeenTime& time = last->record;
  return time.freeze || now > time.seen + kMostStep || base::DayOf(now) < base::DayOf(time.seen);
}

absl::StatusOr<std::optional<base::Versioned<SeenTime>>> LastSeen(const base::Reader& rows) {
  return rows.Get<SeenTime>("");
}

absl::StatusOr<bool> HoldsNow(const base::Reader& rows, base::Instant now) {
  const auto last = LastSeen(rows);
  if (!last.ok()) return last.status();
  return Holds(*last, now);
}

absl::StatusOr<base::Outcome<Look>> Observe(const base::Reader& rows, const base::OrganisationId& organisation,
                                            base::Instant now, std::chrono::seconds ran, bool keep,
                                            crypto::Random& random) {
  const auto last = LastSeen(rows);
  if (!last.ok()) return last.status();
  base::Outcome<Look> outcome;
  if (!*last) {
    outcome.answer.time.seen = now;
    outcome.changes.Insert(outcome.answer.time);
    return outcome;
  }
  outcome.answer = LookAt((*last)->record, now, ran);
  if (outcome.answer.turn != Turn::kNone)
    ledger::DraftLeaf(organisation, ActOf(outcome.answer, now), random, outcome.changes, outcome.leaves);
  if (keep || outcome.answer.turn != Turn::kNone) outcome.changes.Update(outcome.answer.time, (*last)->version);
  return outcome;
}

absl::StatusOr<bool> Confirm(const base::Reader& rows, const base::OrganisationId& organisation,
                             const base::StaffSlug& requester, base::Instant now, crypto::Random& random,
                             base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves) {
  const auto last = LastSeen(rows);
  if (!last.ok()) return last.status();
  if (!*last || !(*last)->record.freeze) return false;
  SeenTime time = (*last)->record;
  time.freeze.reset();
  time.seen = NotBefore(now, time);
  changes.Update(std::move(time), (*last)->version);
  ledger::DraftLeaf(organisation, ledger::Act::OfStaff(LeafKind::kClockConfirmed, requester, now), random, changes,
                    leaves);
  return true;
}

}  // namespace alcove::clocks
