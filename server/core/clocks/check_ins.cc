#include "server/core/clocks/check_ins.h"

#include <algorithm>

namespace alcove::clocks {
namespace {

void AddSeries(Since since, base::Day from, std::span<const std::uint16_t> days, std::span<const CheckIn> answered,
               base::Day today, std::vector<CheckInTime>& times) {
  for (std::size_t i = 0; i < days.size(); ++i) {
    CheckInTime time{{since, days[i]}, from.PlusDays(days[i])};
    time.answered = std::find(answered.begin(), answered.end(), time.which) != answered.end();
    const bool last = i + 1 == days.size();
    const bool late = !last && today >= std::max(from.PlusDays(days[i + 1]), time.due.PlusDays(kCheckInLateDays));
    time.open = !time.answered && today >= time.due && !late;
    times.push_back(time);
  }
}

}  // namespace

std::vector<CheckInTime> CheckInsOf(const Marks& marks, std::span<const std::uint16_t> days,
                                    std::span<const CheckIn> answered, base::Day today) {
  std::vector<CheckInTime> times;
  AddSeries(Since::kFiling, marks.filed, days, answered, today, times);
  if (marks.closed) AddSeries(Since::kClosing, *marks.closed, days, answered, today, times);
  return times;
}

bool IsOpen(std::span<const CheckInTime> times, const CheckIn& which) {
  return std::any_of(times.begin(), times.end(),
                     [&](const CheckInTime& time) { return time.which == which && time.open; });
}

}  // namespace alcove::clocks
