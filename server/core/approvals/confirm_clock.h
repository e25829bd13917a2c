// CONFIRM_CLOCK: an administrator says that the clock is right though it leapt (clocks/seen.h), and one auditor, who is
// somebody else, agrees. Then the freeze ends. The approval concerns no case: its row is ClockApproval, its leaves are shown in
// none, and it exists for administrators who asked and auditors it was sealed to. It is about one leap, and worthless for the
// next. Everything else is as for other approvals (approvals.h), which call these functions.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <span>
#include <string>

#include "server/core/approvals/approvals.h"
#include "server/core/approvals/records.h"

namespace alcove::approvals {

struct ReachedClock {
  base::Versioned<ClockApproval> approval;
  const people::Person* person;  // who calls
  bool asked;                    // they asked for it; else it was sealed to them to decide
};

// Nothing when the caller is not party to such an approval of this id: then it is one of a case, or none. NOTHING_HERE when
// they are and no longer have the role for it.
absl::StatusOr<std::optional<ReachedClock>> ReachClock(const cases::Ports& ports, const base::StaffSlug& caller,
                                                       const base::ApprovalId& id);
ApprovalView ViewOf(const cases::Ports& ports, ClockApproval approval);

// NOTHING_HERE for whoever is no administrator. APPROVAL_REFUSED when nothing is frozen, or no other person is auditor.
absl::StatusOr<Created> WhoConfirms(const cases::Ports& ports, const base::StaffSlug& caller, const NewApproval& asked);
absl::StatusOr<base::Outcome<Created>> CreateClock(const cases::Ports& ports, const base::StaffSlug& caller,
                                                   const std::string& request_id, const NewApproval& asked);
absl::StatusOr<base::Outcome<Decided>> DecideClock(const cases::Ports& ports, ReachedClock reached,
                                                   const std::string& etag, const std::string& request_id,
                                                   format::Decision decision, const crypto::Signature& signature);
absl::StatusOr<base::Outcome<std::string>> CancelClock(const cases::Ports& ports, ReachedClock reached,
                                                       const std::string& etag, const std::string& request_id);
// APPROVAL_REFUSED when the leap that was approved is not the one that freezes now.
absl::StatusOr<base::Outcome<std::string>> ExecuteClock(const cases::Ports& ports, ReachedClock reached,
                                                        const std::string& etag, const std::string& request_id,
                                                        std::span<const crypto::BytesView> grants);

}  // namespace alcove::approvals
