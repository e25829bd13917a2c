// How long a case is kept, and whether anybody has read what its reporter wrote: what closing, deleting and retention ask.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>

#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// The reporter wrote something that nobody of the team has fetched yet, be it the report.
inline bool IsUnread(const Case& record) { return record.read < record.written; }

// The reporter wrote the entry of THREAD at this place, today: it is unread, and the clock of retention starts again.
void MarkWritten(const Ports& ports, Case& record, std::uint32_t sequence);
// Somebody of the team fetched `count` entries of THREAD from `first` on. What was left out before them stays unread.
void MarkRead(const Ports& ports, Case& record, std::uint32_t first, std::uint32_t count);

// The last day on which the case is kept, by the longer of the filing's profile and today's; nothing while the clock of retention
// stands (clocks/retention.h). A hold is not asked: with one nothing goes, whatever the day.
absl::StatusOr<std::optional<base::Day>> LastDayOf(const Ports& ports, const Case& record);

}  // namespace alcove::cases
