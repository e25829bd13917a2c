// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::exports {

// Somebody has asked for an approval about this case, and those who have to read and decide it have not.
inline absl::Status ApprovalsStand() { return base::Refuse(base::Reason::kApprovalsStand); }

// The case is on hold, and the accused gets nothing of it meanwhile.
inline absl::Status ExportOnHold() { return base::Refuse(base::Reason::kExportOnHold); }

}  // namespace alcove::exports
