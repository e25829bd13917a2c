// CONFIRM_CLOCK: an administrator says that the clock is right though it leapt (clocks/seen.h), and one auditor, who is
// somebody else, agrees. Then the freeze ends. The approval concerns no case: its row is ClockApproval, its leaves are shown in
// none, and it exists for administrators who asked and auditors it was sealed to. It is about one leap, and worthless for the
// next. Everything else is as for other approvals.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <vector>

#include "server/core/approvals/approvals.h"
#include "server/core/approvals/records.h"

namespace alcove::approvals {

// The leap that freezes now. APPROVAL_REFUSED when nothing is frozen, or what is asked concerns a case or a person too.
absl::StatusOr<Leap> LeapToConfirm(const cases::Ports& ports, const NewApproval& asked);

// Ends the freeze, with its leaf. APPROVAL_REFUSED when the leap that was approved is not the one that freezes now.
absl::Status ConfirmLeap(const cases::Ports& ports, const Leap& leap, const base::StaffSlug& requester,
                         base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves);

}  // namespace alcove::approvals
