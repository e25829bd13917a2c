// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::hr {

// It would remove more people, or more people's managers, than the safeguards allow at once.
inline absl::Status SyncRefused() { return base::Refuse(base::Reason::kSyncRefused); }

// Not every page that was announced has arrived.
inline absl::Status SyncIncomplete() { return base::Refuse(base::Reason::kSyncIncomplete); }

// No sync ever told of this employee.
inline absl::Status EmployeeUnknown() { return base::Refuse(base::Reason::kEmployeeUnknown); }

// The employee's tokens of this kind and quarter have been fetched, or would be more than there are.
inline absl::Status TokensUsedUp() { return base::Refuse(base::Reason::kTokensUsedUp); }

// No key is announced for this kind and quarter, or it is not held here.
inline absl::Status TokenKeyMissing() { return base::Refuse(base::Reason::kTokenKeyMissing); }

// The action was decided or taken back.
inline absl::Status ActionEnded() { return base::Refuse(base::Reason::kActionEnded); }

}  // namespace alcove::hr
