// Who is to hold a keyring's key from now on, and whether the current epoch still says so.
//
// A reader leaves when a conflict arises, when the key leaves the directory, when a guest's days are over, or when their
// line is marked as lost. From then the epoch is stale and the next writer must bring a new one, granted to exactly who
// remains. Nobody is added here: newcomers take an approval.
// Staleness is computed at every call from wall and directory, so a new directory makes epochs stale by being published.
#pragma once

#include <vector>

#include "server/core/access/wall.h"
#include "server/core/grants/epoch_check.h"
#include "server/core/grants/holder.h"
#include "server/core/people/organisation.h"

namespace alcove::grants {

// This line may be read with from now on: in force, in the directory with this very key, and not in conflict.
bool MayReadOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall, base::Day today);

// The holders of whom that is true.
std::vector<Holder> Remaining(const std::vector<Holder>& holders, const people::Organisation& organisation,
                              const access::Wall& wall, base::Day today);

// A holder of the current epoch may not read on.
bool IsStale(const std::vector<Holder>& holders, const people::Organisation& organisation, const access::Wall& wall,
             base::Day today);

// The lines a new epoch's record must have: the holders, and in THREAD the mailbox.
std::vector<Required> RequiredOf(const std::vector<Holder>& holders);
std::vector<Required> RequiredWithMailbox(const std::vector<Holder>& holders, const crypto::KeyId& mailbox);

}  // namespace alcove::grants
