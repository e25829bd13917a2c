#include "server/core/ledger/errors.h"

#include <string>

#include "server/core/base/errors.h"

namespace alcove::ledger {

absl::Status NotPublished() { return base::Refuse(base::Reason::kNotPublished); }

absl::Status TreeDamaged(std::string_view what) { return absl::DataLossError("ledger: " + std::string(what)); }

absl::Status TreeFull() { return base::StoreFull(); }

}  // namespace alcove::ledger
