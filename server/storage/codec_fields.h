// For codec files: fields of a message into fields of a record, with one verdict at the end.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"

namespace alcove::storage {

// Reads fields until one does not fit; `ok()` says whether all did.
class FieldReader {
 public:
  bool ok() const { return ok_; }
  void Require(bool holds) { ok_ = ok_ && holds; }

  template <std::size_t N, class Tag>
  void Read(const std::string& bytes, crypto::FixedBytes<N, Tag>* out) {
    auto parsed = crypto::FixedBytes<N, Tag>::FromBytes(bytes);
    if (parsed.ok()) *out = *parsed;
    else ok_ = false;
  }
  // An empty string is nobody.
  void Read(const std::string& text, base::StaffSlug* out) {
    if (text.empty()) {
      *out = base::StaffSlug();
      return;
    }
    auto parsed = base::StaffSlug::Parse(text);
    if (parsed.ok()) *out = *std::move(parsed);
    else ok_ = false;
  }
  // An enum whose values run from 1 to `last`.
  template <class Enum>
  void Read(std::uint32_t number, Enum last, Enum* out) {
    if (number >= 1 && number <= static_cast<std::uint32_t>(last)) *out = static_cast<Enum>(number);
    else ok_ = false;
  }
  void Read(std::uint32_t number, base::Day* out) {
    Require(number <= base::Day::kMax);
    *out = base::Day(number);
  }
  template <class Small>
  void ReadSmall(std::uint64_t number, Small* out) {
    Require(number <= std::numeric_limits<Small>::max());
    *out = static_cast<Small>(number);
  }
  // Written with `PlusOne`: 0 stands for nothing.
  void Read(std::uint64_t seconds_plus_one, std::optional<base::Instant>* out) {
    if (seconds_plus_one == 0) out->reset();
    else *out = base::Instant(std::chrono::seconds(static_cast<std::int64_t>(seconds_plus_one - 1)));
  }

 private:
  bool ok_ = true;
};

inline std::uint64_t PlusOne(const std::optional<base::Instant>& instant) {
  return instant ? static_cast<std::uint64_t>(instant->time_since_epoch().count()) + 1 : 0;
}
template <std::size_t N, class Tag>
void Write(const crypto::FixedBytes<N, Tag>& bytes, std::string* out) {
  out->assign(bytes.view());
}

}  // namespace alcove::storage
