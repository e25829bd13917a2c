// Cuts: the only moments at which the published tree grows.
//
// Each cut adds at least one dummy leaf and pads with more to the next multiple of 64. Dummies are commitments to
// nothing: 32 random bytes, which only who draws them knows from the 32 bytes of a real commitment. So a tree that grew
// by 64 says that between 0 and 63 things happened since the last cut, and it grows by 64 in an hour without any.
//
// Cuts fall on whole multiples of the interval since 1970 (hours, by default), not on times since some event, and the
// schedule asks nothing but the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"
#include "server/core/ledger/log_keys.h"

namespace alcove::ledger {

// Whether a cut has to be made now: nothing was ever published, or the newest cut lies in another interval than `now`
// (an earlier one, or a later one after the clock was set back). `interval` is at least one second.
bool CutDue(std::optional<base::Instant> newest_cut, base::Instant now, std::chrono::seconds interval);

// The first moment after `now` that belongs to another interval.
base::Instant NextCut(base::Instant now, std::chrono::seconds interval);

// The cut as the Journal is to carry it out. The checkpoint is signed when the leaves have their places and becomes
// durable with them; an Ed25519 signature of each key on the Journal's thread. `keys` outlives the transaction.
base::Transaction DecideCut(const base::OrganisationId& organisation, const LogKeys& keys, base::Instant now,
                            crypto::Random& random);

}  // namespace alcove::ledger
