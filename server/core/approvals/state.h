// Where an approval stands, seen from its row, the case, the directory and the clock.
#pragma once

#include <string>

#include "server/core/approvals/approvals.h"

namespace alcove::approvals {

// An approval by somebody who may not decide any more counts no longer, and the request is open again. `record`: the case it
// concerns; null for the clock.
State StateOf(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval);

base::Instant ExpiryOf(const cases::Approval& approval);
std::string EtagOf(const cases::Ports& ports, const cases::Approval& approval);
ApprovalView ViewOf(const cases::Ports& ports, const cases::Case* record, cases::Approval approval);

}  // namespace alcove::approvals
