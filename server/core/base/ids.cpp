#include "server/core/base/ids.h"

#include "server/core/base/errors.h"

namespace alcove::base {
namespace {

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

absl::StatusOr<StaffSlug> StaffSlug::Parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxSize || !IsLetterOrDigit(text.front()) || !IsLetterOrDigit(text.back()))
    return FieldInvalid("staff");
  for (const char c : text)
    if (!IsLetterOrDigit(c) && c != '-') return FieldInvalid("staff");
  return StaffSlug(std::string(text));
}

}  // namespace alcove::base
