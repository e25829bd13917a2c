// Text of one form: lines of a word, one space and a value, read in a fixed order. Of use only inside this room.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/encoding.h"
#include "crypto/format/errors.h"

namespace alcove::format::internal {

// Reads lines, each ended by one line feed, and remembers how far it came, so that a refusal can say where.
class LineReader {
 public:
  LineReader(std::string_view layout, std::string_view text) : layout_(layout), rest_(text) {}

  // The value of the next line if its word is `word`; nothing, and no step, otherwise.
  std::optional<std::string_view> Take(std::string_view word);
  // Steps over the next line if it is exactly `line`.
  bool TakeBare(std::string_view line);

  bool done() const { return rest_.empty(); }
  // What has not been read.
  std::string_view rest() const { return rest_; }
  // Refuses the line that could not be read.
  absl::Status Fail() const;

 private:
  std::string_view layout_;
  std::string_view rest_;
  int line_ = 1;
};

// Strict values.
// Decimal without sign or leading zero, at most `most`.
std::optional<uint64_t> Number(std::string_view text, uint64_t most);
// Splits at the first space; nothing unless there is one with something on both sides.
std::optional<std::pair<std::string_view, std::string_view>> Two(std::string_view text);

template <class F>
std::optional<F> FixedFromBase64(std::string_view text) {
  auto raw = crypto::Base64Decode(text);
  if (!raw.ok()) return std::nullopt;
  auto fixed = F::FromBytes(*raw);
  if (!fixed.ok()) return std::nullopt;
  return *fixed;
}

}  // namespace alcove::format::internal
