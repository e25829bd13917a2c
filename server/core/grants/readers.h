// Who is to hold a keyring's key from now on, and whether the current epoch still says so.
//
// People read, machines hold keys. A reader leaves when a conflict arises, when the person leaves the directory, when a guest's
// days are over, or when their line is marked as lost. From then the epoch is stale and the next writer must bring a new one,
// granted to exactly who remains: to each of them on every machine that the directory lists for them now. So a machine that
// joined makes an epoch stale too, and one that left holds nothing of what follows. Nobody is added here: newcomers take an
// approval.
// Staleness is computed at every call from wall and directory, so a new directory makes epochs stale by being published.
#pragma once

#include <vector>

#include "server/core/access/wall.h"
#include "server/core/grants/epoch_check.h"
#include "server/core/grants/holder.h"
#include "server/core/people/organisation.h"

namespace alcove::grants {

// The person of this line reads on, on whichever machine: the line is in force, they are in the directory and not in conflict.
bool PersonReadsOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall,
                   base::Day today);

// This line may be read with from now on: that, and its machine is still theirs.
bool MayReadOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall, base::Day today);

// The holders of whom that is true.
std::vector<Holder> Remaining(const std::vector<Holder>& holders, const people::Organisation& organisation,
                              const access::Wall& wall, base::Day today);

// Whether a guest whose days are over counts as gone.
enum class Guests : std::uint8_t { kByTheDay, kStay };

// The lines of the next epoch: everybody who reads on, in the order of their first line, with every machine that the
// directory lists for them; one that had no grant yet has a line like the person's first. Should an epoch not hold them
// all, everybody has the machine that is listed first.
std::vector<Holder> NextHolders(const std::vector<Holder>& holders, const people::Organisation& organisation,
                                const access::Wall& wall, base::Day today, Guests guests = Guests::kByTheDay);

// The next epoch's lines are others than these.
bool IsStale(const std::vector<Holder>& holders, const people::Organisation& organisation, const access::Wall& wall,
             base::Day today, Guests guests = Guests::kByTheDay);

// People, not machines, who may read with a grant that is kept now, dormant ones too.
std::size_t LivingHolders(const std::vector<Holder>& holders, const people::Organisation& organisation,
                          const access::Wall& wall, base::Day today);

// The lines a new epoch's record must have: the holders, and in THREAD the mailbox.
std::vector<Required> RequiredOf(const std::vector<Holder>& holders);
std::vector<Required> RequiredWithMailbox(const std::vector<Holder>& holders, const crypto::KeyId& mailbox);

}  // namespace alcove::grants
