// A quarter of a calendar year in UTC: for how long tokens are issued under one key. Its number is year * 4 + 0 to 3, so
// that the next quarter is the next number. (Not an epoch: that is a generation of a keyring's key.)
//
// There is no "this quarter" here: the day comes in.
//
// Threads: any.
#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/format/day.h"

namespace alcove::format {

class Quarter {
 public:
  static constexpr uint32_t kMin = 1970 * 4;
  static constexpr uint32_t kMax = 9999 * 4 + 3;

  // The first of 1970.
  constexpr Quarter() = default;
  // Any number from kMin to kMax. Layouts refuse others.
  constexpr explicit Quarter(uint32_t number) : number_(number) {}
  // The quarter that holds the day.
  static Quarter Of(Day day);
  // Exactly `YYYY-Qn`, 1970-Q1 to 9999-Q4.
  static absl::StatusOr<Quarter> FromText(std::string_view text);

  constexpr uint32_t number() const { return number_; }
  constexpr bool valid() const { return number_ >= kMin && number_ <= kMax; }
  constexpr Quarter Next() const { return Quarter(number_ + 1); }
  constexpr Quarter Previous() const { return Quarter(number_ - 1); }
  Day FirstDay() const;
  std::string Text() const;

  auto operator<=>(const Quarter&) const = default;

 private:
  uint32_t number_ = kMin;
};

}  // namespace alcove::format
