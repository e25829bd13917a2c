// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::grants {

// The record is malformed, or bound to something else than the write that brings it.
inline absl::Status EpochInvalid() { return base::Refuse(base::Reason::kEpochInvalid); }

// A reader or grant is missing, doubled, malformed, on another condition, or for somebody who is not to read.
inline absl::Status GrantsMismatch() { return base::Refuse(base::Reason::kGrantsMismatch); }

}  // namespace alcove::grants
