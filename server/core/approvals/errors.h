// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::approvals {

// A rule forbids it: who may not decide, who may not join, what was decided already, has run out or was carried out. One
// answer for all of them, so that it does not say on which list of the wall a person stands.
inline absl::Status ApprovalRefused() { return base::Refuse(base::Reason::kApprovalRefused); }

// Too few of those who may decide have approved.
inline absl::Status ApprovalNotGranted() { return base::Refuse(base::Reason::kApprovalNotGranted); }

// It is approved, and the days in which it can be taken back are not over.
inline absl::Status CoolingOff() { return base::Refuse(base::Reason::kCoolingOff); }

// The case's clock of retention stands, or the day is not between soon and its end.
inline absl::Status RetentionRefused() { return base::Refuse(base::Reason::kRetentionRefused); }

// Grants are missing, doubled, malformed, or for somebody else; or the reason is not sealed to exactly those who decide.
inline absl::Status GrantsMismatch() { return base::Refuse(base::Reason::kGrantsMismatch); }

// The share is not of this custodian, case, request, recipient or place, is not signed by the caller, or is not asked for.
inline absl::Status ShareRefused() { return base::Refuse(base::Reason::kShareRefused); }

// The reporter was asked and has not agreed.
inline absl::Status ConsentMissing() { return base::Refuse(base::Reason::kConsentMissing); }

// The reporter is not asked, has refused already, or said the same before.
inline absl::Status ConsentRefused() { return base::Refuse(base::Reason::kConsentRefused); }

// The reporter was told, and the days that they have before anything opens are not over.
inline absl::Status NoticeRunning() { return base::Refuse(base::Reason::kNoticeRunning); }

// The case holds no sealed identity.
inline absl::Status IdentityNotHeld() { return base::Refuse(base::Reason::kIdentityNotHeld); }

// The clock leapt, and nobody has said yet that it is right.
inline absl::Status ClockFrozen() { return base::Refuse(base::Reason::kClockFrozen); }

// The grants are of an epoch that is not the current one.
inline absl::Status EpochStale() { return base::Refuse(base::Reason::kEpochStale); }

}  // namespace alcove::approvals
