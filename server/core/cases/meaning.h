// What an entry of its kind means to its case, beside being kept: a point assessed, the reporter told, a summary shown, answered
// or served.
#pragma once

#include <absl/status/status.h>

#include "crypto/format/envelope.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// A summary that its reporter did not answer can be served when so many days have gone by since it was shown. They count from
// the end of that day.
inline constexpr std::uint32_t kDaysToAnswer = 7;

// After the entry was placed (new_entry.h) and before the case is put. `author`: empty for the reporter.
//   KIND_REFUSED       the answer to a summary, where there is none
//   SUMMARY_NOT_SHOWN  a summary was served that was neither answered nor shown for long enough, or there is none
//   CLOCK_FROZEN       it was shown for long enough only by a clock that leapt and is not confirmed (clocks/seen.h)
// Serving is a leaf that the reporter sees; it names the entry of THREAD, never that of TEAM.
absl::Status TakeMeaning(const Ports& ports, Case& record, const format::EnvelopeContext& context,
                         const base::StaffSlug& author, CaseLeaves& leaves);

}  // namespace alcove::cases
