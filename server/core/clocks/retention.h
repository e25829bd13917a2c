// How long a case is kept once it was closed: pure functions of lines of the profile, of how the case ended and of what happened
// since. tests/server/core/clocks/retention_test.cc holds them to a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/core/base/time.h"
#include "server/core/clocks/marks.h"
#include "server/core/people/profiles.h"

namespace alcove::clocks {

// How a case ended.
struct Ending {
  std::string closed;                 // code of `closing.reason`
  std::vector<std::string> findings;  // codes of `finding`, of every allegation that has one
  std::string site;                   // empty: not said
};

// The longest of the lines that fit; people::kMonthsKept where none does.
std::uint16_t MonthsKept(const people::Retention& lines, const Ending& ending);

// So many days before the end a case is listed as one that is about to go; and so many stay after a hold was lifted.
inline constexpr int kNoticeDays = 30;

// The last day on which the case is kept; from the next it goes, unless a hold stands. Counted in months from the closing, or from
// the day on which somebody had read what the reporter wrote after it, whichever is later. Nothing while the case is open, and
// while something is `unread`: then the clock stands. `shortened`: an earlier day that was approved. Never less than kNoticeDays
// after a hold was lifted.
std::optional<base::Day> LastDayKept(const Marks& marks, bool unread, std::uint16_t months,
                                     const std::optional<base::Day>& shortened);

// Kept, and for no more than kNoticeDays.
bool IsAboutToGo(const std::optional<base::Day>& last, base::Day today);

}  // namespace alcove::clocks
