#include "server/core/cases/custody.h"

#include "crypto/format/share.h"
#include "server/core/base/errors.h"

namespace alcove::cases {

absl::StatusOr<std::vector<CustodyLine>> CustodyOf(const Identity& identity) {
  const absl::StatusOr<format::ParsedIdentity> sealed = format::ParseIdentity(identity.sealed);
  if (!sealed.ok()) return base::Broken("a kept identity does not parse");
  std::vector<CustodyLine> lines;
  for (std::size_t i = 0; i < sealed->custodians; ++i) lines.push_back({sealed->CustodianAt(i), sealed->ShareAt(i), std::nullopt});
  for (const crypto::Bytes& bytes : identity.handed) {
    const absl::StatusOr<format::ParsedShare> share = format::ParseShare(bytes);
    if (!share.ok() || share->index > lines.size()) return base::Broken("a share that was handed over does not parse");
    lines[share->index - 1u].holder = share->recipient;
    lines[share->index - 1u].handed = bytes;
  }
  return lines;
}

}  // namespace alcove::cases
