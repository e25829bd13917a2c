// Refusals to staff. Whoever of staff asks for what they may not have, or for what does not exist, gets one answer and
// leaves one mark: a leaf of theirs that names no resource. So the ledger tells no more than the answer did, and asking
// in a loop fills neither ledger nor disk: the first refusal of a minute is written, the others of that minute are not.
//
// Refusals to anonymous callers are not written at all; they are counted in memory (EventSink).
#pragma once

#include <absl/status/statusor.h>

#include <variant>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/reader.h"
#include "server/core/base/time.h"

namespace alcove::ledger {

// What has to be durable before `caller` is told that there is nothing: a leaf, or nothing where this minute has one.
// The outcome is committed like any other; two refusals at once contend for the person's row, and the loser finds the
// minute taken when it decides again. A clock that jumped, in whatever direction, begins a new minute.
absl::StatusOr<base::Outcome<std::monostate>> DecideRefusal(const base::Reader& rows,
                                                            const base::OrganisationId& organisation,
                                                            const base::StaffSlug& caller, base::Instant now,
                                                            crypto::Random& random);

}  // namespace alcove::ledger
