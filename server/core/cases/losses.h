// Taking a case away from whoever may not read on. One way for every cause, so that to the person who loses a case all
// causes look alike: it is no longer there.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>

#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// Somebody who is to lose the case though neither wall nor directory says so yet.
struct Leaving {
  base::StaffSlug staff;
  bool by_choice = false;  // they stepped back: the leaf is theirs
};

// What becomes of a guest whose last day is over while the clock is frozen (clocks/seen.h). Nothing is handed out to them
// either way.
enum class EndedGuests : std::uint8_t {
  kStayWhileFrozen,  // their line waits: nobody but the clock says that they are to go
  kGo,               // somebody makes a new key just now, and leaves them out
};

// Marks as lost every line of both keyrings whose person may not read on (grants/readers.h) and those of `leaving`; deletes
// their grants from storage; takes the membership of everybody who is left without a line, with a leaf that the reporter
// sees. The face of an escrow (escrow.h) is marked and told, and nothing is deleted: what there is hangs on the case behind it. Of
// whoever reads on but lost a machine, that machine's grants go, with a leaf; who has no other keeps a place without a
// key. Nothing happens when nobody and no machine left. The caller puts the case; both keyrings' epochs are stale by the marks
// alone.
absl::Status LoseReaders(const Ports& ports, Case& record, const std::optional<Leaving>& leaving, EndedGuests guests,
                         CaseLeaves& leaves, base::ChangeSet& changes);

// Machines on which the person has a grant of THREAD.
std::uint8_t MachinesOf(const Case& record, const base::StaffSlug& staff);

// Deletes from every epoch of the case the grants to keys that no line in force has. The records stay: entries quote
// their hashes. What it puts follows from `record` alone, so doing it twice in one decision is doing it once.
absl::Status PurgeGrants(const Ports& ports, const Case& record, base::ChangeSet& changes);

// The same for one epoch that is not stored yet: whoever comes into conflict by the very decision that brings it gets no
// grant either. Whether anything was deleted.
absl::StatusOr<bool> PurgeEpoch(const Case& record, Epoch& epoch);

}  // namespace alcove::cases
