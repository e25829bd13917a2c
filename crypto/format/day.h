// A calendar day in UTC, counted from 1970-01-01. What is known of when a reporter did something is known to the day.
// There is no "today" here: the clock comes in where a day is asked for.
//
// Threads: any.
#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace alcove::format {

class Day {
 public:
  // 1970-01-01.
  constexpr Day() = default;
  // Days since 1970-01-01; any value up to 9999-12-31 (kMax). Layouts refuse greater ones.
  constexpr explicit Day(uint32_t number) : number_(number) {}
  static constexpr uint32_t kMax = 2932896;

  // INVALID_ARGUMENT for a day that the Gregorian calendar does not have or a year outside 1970 to 9999.
  static absl::StatusOr<Day> FromCivil(int year, int month, int day);
  // Exactly `YYYY-MM-DD`.
  static absl::StatusOr<Day> FromText(std::string_view text);
  // The day that holds this second since 1970-01-01T00:00:00Z; seconds before it give 1970-01-01.
  static constexpr Day OfUnixSeconds(int64_t seconds) {
    return Day(seconds < 0 ? 0 : static_cast<uint32_t>(seconds / 86400));
  }

  constexpr uint32_t number() const { return number_; }
  int year() const;
  // 1 to 12.
  int month() const;
  // 1 to 31.
  int day_of_month() const;
  // 0 is Sunday, 6 is Saturday.
  constexpr int weekday() const { return static_cast<int>((number_ + 4) % 7); }
  std::string Text() const;

  // Not below 1970-01-01.
  constexpr Day PlusDays(int64_t days) const {
    int64_t sum = static_cast<int64_t>(number_) + days;
    return Day(sum < 0 ? 0 : static_cast<uint32_t>(sum));
  }
  // The same day of the month that many months later, or the last one of that month where it is shorter:
  // 2026-01-31 plus one month is 2026-02-28.
  Day PlusMonths(int months) const;
  // Days from `other` to this one; negative when `other` is later.
  constexpr int64_t DaysSince(Day other) const { return static_cast<int64_t>(number_) - other.number_; }

  auto operator<=>(const Day&) const = default;

 private:
  uint32_t number_ = 0;
};

}  // namespace alcove::format
