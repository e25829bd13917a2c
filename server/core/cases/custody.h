// Who holds the shares of a sealed identity. The reporter seals each to one custodian's key; a custodian who leaves, or changes
// keys, opens theirs on their own machine and wraps it to another (crypto/format/share.h). What was sealed stays as it is.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

#include "crypto/format/identity.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// A share as its holder finds it. Views point into the row.
struct CustodyLine {
  crypto::KeyId holder;                  // of the encryption key that opens it
  format::HeldShare sealed;              // by the reporter
  std::optional<crypto::BytesView> handed;  // by the holder before; then `sealed` opens for nobody who is asked
};

// One line a share, the first share first. Fails only where a row is damaged.
absl::StatusOr<std::vector<CustodyLine>> CustodyOf(const Identity& identity);

}  // namespace alcove::cases
