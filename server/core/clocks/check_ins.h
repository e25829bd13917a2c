// When a reporter is asked how it has been since: pure functions, like deadlines.h.
//
// There are two series, one counted from the filing and one from the newest closing, each with the days of the profile. A
// check-in can be answered once, from its day on, and late: until the next of its series is due or 90 days have gone by,
// whichever comes later. The last of a series stays open, so that whatever the clock does, a reporter is still asked.
#pragma once

#include <span>
#include <vector>

#include "server/core/base/time.h"
#include "server/core/clocks/marks.h"

namespace alcove::clocks {

inline constexpr int kCheckInLateDays = 90;

struct CheckInTime {
  CheckIn which;
  base::Day due;          // the first day on which it can be answered
  bool answered = false;
  bool open = false;      // it can be answered today

  friend bool operator==(const CheckInTime&, const CheckInTime&) = default;
};

// Both series in the order of their days, the filing's first; that of the closing only while the case is closed. `days`
// ascend.
std::vector<CheckInTime> CheckInsOf(const Marks& marks, std::span<const std::uint16_t> days,
                                    std::span<const CheckIn> answered, base::Day today);

// `which` is among them and open.
bool IsOpen(std::span<const CheckInTime> times, const CheckIn& which);

}  // namespace alcove::clocks
