// The record of what was done on a case, checked by whoever may see it.
//
// Leaves carry numbers without gaps and form a hash chain; every signed entry quotes how many leaves its author had seen
// and the chain's head then. So a leaf that is left out, changed, or shown to one side only does not fit, and a chain that
// is shorter than somebody has signed for has been rolled back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/directory.h"
#include "client/lib/thread.h"
#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"

namespace alcove::client {

struct CheckedLeaves {
  std::vector<format::Leaf> leaves;
  // For a file that `alcove verify` reads.
  format::SavedLedger saved;
  // Head of the chain after the last leaf: what the next entry quotes.
  crypto::Digest head;
  // How many are in the published tree of `saved.checkpoint`.
  uint32_t published = 0;
};

// Checks numbering, chain, inclusion of every published leaf under the checkpoint (signed by the directory's log key), and
// that the chain at `count` has the head that the case shows. `leaves` may be longer: something happened meanwhile.
// kLeafInvalid, kLeafOmitted, kCheckpointInvalid, kRolledBack.
absl::StatusOr<CheckedLeaves> CheckLeaves(const CheckedDirectory& directory, const format::CaseId& case_id,
                                          const std::vector<v1::LeafOpening>& leaves, const std::string& checkpoint,
                                          const std::string& head, uint32_t count);

// A leaf as files of evidence keep it; nothing when salt or a hash of the proof is not one.
std::optional<format::SavedLeaf> SavedLeafOf(const v1::LeafOpening& opening);

// Whom a leaf names in its details: the slug of a member of staff, or empty.
std::string StaffNamedIn(const format::Leaf& leaf);

// What entries quote is what the chain was, and what the chain says of THREAD's entries is what was listed.
// An entry of THREAD whose body is missing has a leaf that says so (in TEAM its history has it, which is not looked at here).
// kRolledBack when an entry has seen more leaves than there are; kLeafInvalid, kEntryOmitted, kEntryInvalid.
absl::Status CheckAgainstEntries(const CheckedLeaves& leaves, const std::vector<OpenedEntry>& thread,
                                 const std::vector<OpenedEntry>& team);

}  // namespace alcove::client
