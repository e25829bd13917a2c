// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::guard {

// The cases are linked already, are one, or more would stand behind one wall than may.
inline absl::Status LinkRefused() { return base::Refuse(base::Reason::kLinkRefused); }

}  // namespace alcove::guard
