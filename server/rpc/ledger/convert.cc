#include "server/rpc/ledger/convert.h"

namespace alcove::rpc {

// Sizes fit: ledger::kMaxSize is below 2^32.

void Fill(const ledger::InclusionAnswer& answer, v1::GetInclusionProofResponse* out) {
  out->set_index(static_cast<std::uint32_t>(answer.index));
  out->set_size(static_cast<std::uint32_t>(answer.size));
  for (const crypto::Digest& hash : answer.hashes) out->add_hashes(hash.str());
}

void Fill(const ledger::ConsistencyAnswer& answer, v1::GetConsistencyProofResponse* out) {
  out->set_to_size(static_cast<std::uint32_t>(answer.to_size));
  for (const crypto::Digest& hash : answer.hashes) out->add_hashes(hash.str());
}

void Fill(const ledger::LeafHashPage& page, v1::ListLeafHashesResponse* out) {
  for (const crypto::Digest& hash : page.leaf_hashes) out->add_leaf_hashes(hash.str());
  out->set_next_page_token(page.next_page_token);
}

}  // namespace alcove::rpc
