// Check-ins of one case: which there are, and the answer as an entry of its thread.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "server/core/cases/new_entry.h"
#include "server/core/clocks/check_ins.h"

namespace alcove::cases {

// By the days of the case's profile; the promised ones where the profile was withdrawn since.
std::vector<clocks::CheckInTime> CheckInsOf(const Ports& ports, const Case& record);

// Puts the entry, its leaf and `check_in.answered`, and marks the check-in as answered in `record`, which the caller puts.
// The envelope was read and its author verified. Errors are those of PlaceEntry, and
//   KIND_REFUSED      the entry is no answer to a check-in
//   CHECK_IN_REFUSED  it is not due, its time is over, it was answered, or the profile has none of these days
absl::StatusOr<Appended> PlaceCheckIn(const Ports& ports, Case& record, const clocks::CheckIn& which,
                                      const NewEntry& entry, const format::ParsedEnvelope& envelope,
                                      base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts);

}  // namespace alcove::cases
