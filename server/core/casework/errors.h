// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::casework {

// A code that the taxonomy does not list.
inline absl::Status CodeUnknown() { return base::Refuse(base::Reason::kCodeUnknown); }

// This finding is not for a case in this state.
inline absl::Status KindRefused() { return base::Refuse(base::Reason::kKindRefused); }

// Nobody wrote down what the outcome may bring upon those who spoke up.
inline absl::Status AssessmentMissing() { return base::Refuse(base::Reason::kAssessmentMissing); }

// This finding takes two other people.
inline absl::Status ApprovalNotGranted() { return base::Refuse(base::Reason::kApprovalNotGranted); }

// The measure cannot take that step, or weighs on the harmed person without their agreement.
inline absl::Status MeasureRefused() { return base::Refuse(base::Reason::kMeasureRefused); }

// No service account of the directory carries out orders.
inline absl::Status OrdersNotOffered() { return base::Refuse(base::Reason::kOrdersNotOffered); }

// A measure of this kind is not for HR.
inline absl::Status OrderRefused() { return base::Refuse(base::Reason::kOrderRefused); }

inline absl::Status QuotaExceeded() { return base::Refuse(base::Reason::kQuotaExceeded); }

}  // namespace alcove::casework
