// Tags as clients send them: 64 bytes each, the output of the OPRF over an identifier.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/people/organisation.h"

namespace alcove::access {

struct Tags {
  std::vector<people::TagHash> hashes;  // one for each tag, in their order
  std::vector<std::uint32_t> unknown;   // positions of those whom neither directory nor chart knows
};

// FIELD_INVALID(field) for a tag that has another length or is zero. A tag of another organisation is one that nobody
// knows.
absl::StatusOr<Tags> HashTags(const people::Organisation& organisation, std::span<const crypto::BytesView> sent,
                              std::string_view field);

}  // namespace alcove::access
