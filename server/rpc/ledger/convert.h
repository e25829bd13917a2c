// Answers of the ledger as messages.
#pragma once

#include "alcove/v1/ledger_service.pb.h"
#include "server/core/ledger/proofs.h"

namespace alcove::rpc {

void Fill(const ledger::InclusionAnswer& answer, v1::GetInclusionProofResponse* out);
void Fill(const ledger::ConsistencyAnswer& answer, v1::GetConsistencyProofResponse* out);
void Fill(const ledger::LeafHashPage& page, v1::ListLeafHashesResponse* out);

}  // namespace alcove::rpc
