#include "crypto/format/lines.h"

namespace alcove::format::internal {

std::optional<std::string_view> LineReader::Take(std::string_view word) {
  size_t end = rest_.find('\n');
  if (end == rest_.npos || rest_.size() <= word.size() || rest_.substr(0, word.size()) != word ||
      rest_[word.size()] != ' ') {
    return std::nullopt;
  }
  std::string_view value = rest_.substr(word.size() + 1, end - word.size() - 1);
  if (value.empty()) return std::nullopt;
  rest_.remove_prefix(end + 1);
  ++line_;
  return value;
}

bool LineReader::TakeBare(std::string_view line) {
  size_t end = rest_.find('\n');
  if (end == rest_.npos || rest_.substr(0, end) != line) return false;
  rest_.remove_prefix(end + 1);
  ++line_;
  return true;
}

absl::Status LineReader::Fail() const { return Malformed(layout_, "line " + std::to_string(line_)); }

std::optional<uint64_t> Number(std::string_view text, uint64_t most) {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::pair<std::string_view, std::string_view>> Two(std::string_view text) {
  size_t space = text.find(' ');
  if (space == text.npos || space == 0 || space + 1 == text.size()) return std::nullopt;
  return std::make_pair(text.substr(0, space), text.substr(space + 1));
}

}  // namespace alcove::format::internal
