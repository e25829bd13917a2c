// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::intake {

// A gap is open: no directory, a document missing, too few fallbacks. What is missing is for administrators to read.
inline absl::Status IntakeClosed() { return base::Refuse(base::Reason::kIntakeClosed); }

// Everybody who could take this report is kept out of it.
inline absl::Status NobodyIsLeft() {
  return base::Refuse(base::Reason::kIntakeClosed, "gap", "everybody who could take this report is kept out of it");
}

inline absl::Status CodeUnknown() { return base::Refuse(base::Reason::kCodeUnknown); }

// The plan's seal does not open: it is not one of ours, or a bit of it changed.
inline absl::Status PlanInvalid() { return base::Refuse(base::Reason::kPlanInvalid); }

// The hour is over, or directory or policy changed since: the reporter has to be shown a new one.
inline absl::Status PlanStale() { return base::Refuse(base::Reason::kPlanStale); }

// An identity was sent where none was offered, or not to exactly the custodians that were shown.
inline absl::Status CustodyNotOffered() { return base::Refuse(base::Reason::kCustodyNotOffered); }

// Nobody complained about is an employee of the chart, by whom others could be matched.
inline absl::Status EscrowSubjectUnknown() { return base::Refuse(base::Reason::kEscrowSubjectUnknown); }

// The directory lists no protection officer, so nobody could open the letter.
inline absl::Status OfficerMissing() { return base::Refuse(base::Reason::kOfficerMissing); }

// The desk takes reports of proven employees only, and no token came.
inline absl::Status TokenRequired() { return base::Refuse(base::Reason::kTokenRequired); }

// Of another organisation, kind or time, not issued, bound to another request, or no token at all: one answer, so that nobody
// learns by trying which it is.
inline absl::Status TokenRefused() { return base::Refuse(base::Reason::kTokenRefused); }

inline absl::Status TokenSpent() { return base::Refuse(base::Reason::kTokenSpent); }

inline absl::Status WorkRequired() { return base::Refuse(base::Reason::kWorkRequired); }
inline absl::Status BudgetExhausted() { return base::Refuse(base::Reason::kBudgetExhausted); }

}  // namespace alcove::intake
