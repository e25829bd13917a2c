// Days and instants.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace alcove::base {

// A moment to the second, UTC. For what staff did and for lifetimes; never stored for what a reporter did.
using Instant = std::chrono::sys_seconds;

// A calendar day, UTC: days since 1970-01-01. What is kept of every time that has to do with a reporter.
struct Day {
  std::uint32_t number = 0;
  friend auto operator<=>(const Day&, const Day&) = default;
};

// The day an instant falls on; instants before 1970 give day 0.
inline Day DayOf(Instant instant) {
  const auto days = std::chrono::floor<std::chrono::days>(instant).time_since_epoch().count();
  return Day{days < 0 ? 0U : static_cast<std::uint32_t>(days)};
}
inline Instant StartOf(Day day) { return Instant(std::chrono::days(day.number)); }
inline Day operator+(Day day, std::uint32_t days) { return Day{day.number + days}; }
inline std::chrono::year_month_day CalendarOf(Day day) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day.number)));
}

}  // namespace alcove::base
