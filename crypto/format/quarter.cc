#include "crypto/format/quarter.h"

#include "crypto/format/errors.h"

namespace alcove::format {

Quarter Quarter::Of(Day day) {
  return Quarter(static_cast<uint32_t>(day.year() * 4 + (day.month() - 1) / 3));
}

absl::StatusOr<Quarter> Quarter::FromText(std::string_view text) {
  uint32_t year = 0;
  if (text.size() != 7 || text.substr(4, 2) != "-Q" || text[6] < '1' || text[6] > '4') return Malformed("quarter", "text");
  for (char c : text.substr(0, 4)) {
    if (c < '0' || c > '9') return Malformed("quarter", "text");
    year = year * 10 + static_cast<uint32_t>(c - '0');
  }
  Quarter quarter(year * 4 + static_cast<uint32_t>(text[6] - '1'));
  if (!quarter.valid()) return Malformed("quarter", "text");
  return quarter;
}

Day Quarter::FirstDay() const {
  auto day = Day::FromCivil(static_cast<int>(number_ / 4), static_cast<int>(number_ % 4) * 3 + 1, 1);
  return day.ok() ? *day : Day();
}

std::string Quarter::Text() const { return std::to_string(number_ / 4) + "-Q" + std::to_string(number_ % 4 + 1); }

}  // namespace alcove::format
