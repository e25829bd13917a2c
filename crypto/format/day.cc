#include "crypto/format/day.h"

#include <algorithm>
#include <chrono>

#include "crypto/format/errors.h"

namespace alcove::format {
namespace {

std::chrono::year_month_day Civil(uint32_t number) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(number)));
}

bool Digits(std::string_view text, int* value) {
  *value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    *value = *value * 10 + (c - '0');
  }
  return true;
}

}  // namespace

absl::StatusOr<Day> Day::FromCivil(int year, int month, int day) {
  std::chrono::year_month_day civil{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                    std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || !civil.ok()) {
    return Malformed("day", "date");
  }
  return Day(static_cast<uint32_t>(std::chrono::sys_days(civil).time_since_epoch().count()));
}

absl::StatusOr<Day> Day::FromText(std::string_view text) {
  int year, month, day;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !Digits(text.substr(0, 4), &year) ||
      !Digits(text.substr(5, 2), &month) || !Digits(text.substr(8, 2), &day)) {
    return Malformed("day", "text");
  }
  return FromCivil(year, month, day);
}

int Day::year() const { return static_cast<int>(Civil(number_).year()); }
int Day::month() const { return static_cast<int>(static_cast<unsigned>(Civil(number_).month())); }
int Day::day_of_month() const { return static_cast<int>(static_cast<unsigned>(Civil(number_).day())); }

std::string Day::Text() const {
  auto padded = [](int value, size_t width) {
    std::string digits = std::to_string(value);
    return std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
  };
  return padded(year(), 4) + "-" + padded(month(), 2) + "-" + padded(day_of_month(), 2);
}

Day Day::PlusMonths(int months) const {
  auto civil = Civil(number_);
  auto target = std::chrono::year_month(civil.year(), civil.month()) + std::chrono::months(months);
  auto last = (target / std::chrono::last).day();
  auto sum = std::chrono::sys_days(target / std::min(civil.day(), last)).time_since_epoch().count();
  return Day(sum < 0 ? 0 : static_cast<uint32_t>(sum));
}

}  // namespace alcove::format
