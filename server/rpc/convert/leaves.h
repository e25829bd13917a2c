// Leaves with their proofs.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "alcove/v1/resources.pb.h"
#include "server/core/base/reader.h"
#include "server/core/cases/views.h"

namespace alcove::rpc {

// Opened leaves and the checkpoint their proofs are for.
struct ProvenLeaves {
  std::vector<v1::LeafOpening> leaves;  // in the order given
  crypto::Bytes checkpoint;             // empty while none was published
};

// Leaves that are in the newest published tree get index and proof, the others neither. Reads what proofs need and
// nothing of the case.
absl::StatusOr<ProvenLeaves> Prove(const base::Reader& rows, const std::vector<cases::OpenedLeaf>& leaves);

}  // namespace alcove::rpc
