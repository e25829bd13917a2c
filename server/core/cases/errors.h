// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include "server/core/base/errors.h"

namespace alcove::cases {

// Magic, lengths, body hash, context or signature do not check.
inline absl::Status EnvelopeInvalid() { return base::Refuse(base::Reason::kEnvelopeInvalid); }

// Sealed under an epoch that is not the current one, or a new epoch is due and did not come.
inline absl::Status EpochStale() { return base::Refuse(base::Reason::kEpochStale); }

// A new epoch that nobody asked for, or one that is not the next.
inline absl::Status EpochInvalid() { return base::Refuse(base::Reason::kEpochInvalid); }

// This kind of entry is not for this keyring, this author or this state.
inline absl::Status KindRefused() { return base::Refuse(base::Reason::kKindRefused); }

// The table of states has no such move for this caller.
inline absl::Status TransitionRefused() { return base::Refuse(base::Reason::kTransitionRefused); }

// The risk of detriment was not assessed at the point that the move passes.
inline absl::Status AssessmentMissing() { return base::Refuse(base::Reason::kAssessmentMissing); }

// The reporter was not told the outcome.
inline absl::Status NoticeMissing() { return base::Refuse(base::Reason::kNoticeMissing); }

// The newest summary was neither answered by the reporter nor shown for long enough.
inline absl::Status SummaryNotShown() { return base::Refuse(base::Reason::kSummaryNotShown); }

// Days went by on a clock that leapt ahead and that nobody has confirmed.
inline absl::Status ClockFrozen() { return base::Refuse(base::Reason::kClockFrozen); }

// There is no allegation, or one has no finding.
inline absl::Status FindingMissing() { return base::Refuse(base::Reason::kFindingMissing); }

// A measure is planned or running, or there is none to run.
inline absl::Status MeasuresOpen() { return base::Refuse(base::Reason::kMeasuresOpen); }

// A code that the taxonomy does not list.
inline absl::Status CodeUnknown() { return base::Refuse(base::Reason::kCodeUnknown); }

// The request id was used for something else.
inline absl::Status RequestIdReused() { return base::Refuse(base::Reason::kRequestIdReused); }

// Not due yet, answered before, or none of this case's.
inline absl::Status CheckInRefused() { return base::Refuse(base::Reason::kCheckInRefused); }

// A legal hold stands: nothing of the case may go, or go sooner.
inline absl::Status LegalHold() { return base::Refuse(base::Reason::kLegalHold); }

// Nobody has read everything that the reporter wrote.
inline absl::Status Unread() { return base::Refuse(base::Reason::kUnread); }

// The reporter of an escrow does not know that the team has it: the team writes to them first.
inline absl::Status ReporterUnanswered() { return base::Refuse(base::Reason::kReporterUnanswered); }

inline absl::Status BlobNotNamed() { return base::Refuse(base::Reason::kBlobNotNamed); }
inline absl::Status BlobPartRefused() { return base::Refuse(base::Reason::kBlobPartRefused); }
inline absl::Status QuotaExceeded() { return base::Refuse(base::Reason::kQuotaExceeded); }

}  // namespace alcove::cases
