#include "server/core/access/tags.h"

#include "crypto/oprf.h"
#include "server/core/base/errors.h"

namespace alcove::access {

absl::StatusOr<Tags> HashTags(const people::Organisation& organisation, std::span<const crypto::BytesView> sent,
                              std::string_view field) {
  Tags tags;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    absl::StatusOr<crypto::SubjectTag> tag = crypto::SubjectTag::FromBytes(sent[i]);
    if (!tag.ok() || tag->IsZero()) return base::FieldInvalid(field);
    const people::TagHash hash = organisation.HashTag(*tag);
    if (!organisation.Knows(hash)) tags.unknown.push_back(static_cast<std::uint32_t>(i));
    tags.hashes.push_back(hash);
  }
  return tags;
}

}  // namespace alcove::access
