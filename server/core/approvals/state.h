// Where an approval stands, seen from its row, the case, the directory and the clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/core/approvals/approvals.h"

namespace alcove::approvals {

// An approval by somebody who may not decide any more counts no longer, and the request is open again. `record`: the case it
// concerns; null for the clock.
State StateOf(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval);

// The person, by this or another account of theirs, is one of the others.
bool IsAmong(const people::Person& person, const std::vector<const people::Person*>& others);

// The first day on which it can be carried out, where days go by between; nothing while fewer have decided than have to approve.
std::optional<base::Day> ReadyOf(const cases::Approval& approval);
// It can be decided for kApprovalOpenDays from the request, and carried out for as many from the first moment at which it can be.
base::Instant ExpiryOf(const cases::Approval& approval);
std::string EtagOf(const cases::Ports& ports, const cases::Approval& approval);
ApprovalView ViewOf(const cases::Ports& ports, const cases::Case* record, cases::Approval approval);

}  // namespace alcove::approvals
