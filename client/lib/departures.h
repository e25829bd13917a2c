// People who could read a case and then cannot: nobody leaves it in silence.
//
// The server says who lost the case, and whoever writes next leaves them out of the next key generation. So either of them
// could drop somebody whom they would rather not have there. The record of the case holds them to it: whoever read one key
// generation, or was added before the next began, reads the next as well, or `reader.lost` or `grant.destroyed` names them
// in between.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/leaves.h"
#include "client/lib/thread.h"

namespace alcove::client {

// `keys` and `entries` are of the keyring of `view`; `thread` are THREAD's keys, also where that is the same: TEAM begins
// with whoever could read THREAD. kReaderDropped names who is missing; kLeafOmitted when the record does not have the entry
// of THREAD that began a key generation.
//
// In THREAD the leaf must stand before that of the entry which left them out: a loss that comes later excuses nothing. Where
// an entry of TEAM stands among the leaves nobody has signed, so there a loss counts whenever it came after they could read.
absl::Status CheckDepartures(const KeyringView& view, const KeyringKeys& keys, const KeyringKeys& thread,
                             const CheckedLeaves& leaves, const std::vector<OpenedEntry>& entries);

// Everybody who reads THREAD's newest key generation is among the readers that the case shows, marked as lost or not.
// kReaderDropped.
absl::Status CheckReadersShown(const KeyringView& view, const KeyringKeys& thread, const std::vector<v1::Reader>& readers);

}  // namespace alcove::client
