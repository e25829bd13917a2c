// When something is due on a case: pure functions of what happened, the terms and the calendar. No clock is read here.
//
// Every deadline is a calendar day, the last on which it is in time. What starts with a reporter starts at the end of
// that day, so 24 hours to claim a case filed on day D end with day D+1. A term counted in months ends on the same day of
// the month, or on the month's last day where it has no such day. A term counted in working days does not count the first
// day, weekends and holidays.
//
// tests/vectors/deadlines.json holds every implementation to one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/core/base/time.h"
#include "server/core/clocks/marks.h"
#include "server/core/people/profiles.h"

namespace alcove::clocks {

struct Deadline {
  std::string kind;             // "acknowledge", "feedback", "personal_message", "triage", "claim", or an external kind
  std::optional<base::Day> due;  // nothing for an external clock: it starts at a date that only the client can read
  bool met = false;
  bool external = false;

  friend bool operator==(const Deadline&, const Deadline&) = default;
};

base::Day AddWorkingDays(base::Day day, std::uint32_t days, const people::Calendar& calendar);

// Value by value the shorter term (an open case keeps the stricter of its filing and today).
people::Terms Stricter(const people::Terms& a, const people::Terms& b);

// The five internal clocks in the order acknowledge, claim, triage, personal_message, feedback.
std::vector<Deadline> InternalDeadlines(const Marks& marks, const people::Terms& terms, const people::Calendar& calendar);

// Internal ones under the stricter of both terms, and the external kinds of the current profile. `current` may be null
// when the profile was withdrawn since; then the filing's terms stand alone.
std::vector<Deadline> DeadlinesOf(const Marks& marks, const people::Terms& at_filing,
                                  const people::Calendar& calendar_at_filing, const people::Profile* current);

}  // namespace alcove::clocks
