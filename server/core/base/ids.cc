#include "server/core/base/ids.h"

#include "server/core/base/errors.h"

namespace alcove::base {

absl::StatusOr<StaffSlug> StaffSlug::Parse(std::string_view text) {
  if (!format::IsSlug(text)) return FieldInvalid("staff");
  return StaffSlug(std::string(text));
}

}  // namespace alcove::base
