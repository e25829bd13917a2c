// rooms: format
#include "crypto/format/proof.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The two files that `alcove verify` reads.
  if (auto proof = ParseProof(bytes); proof.ok()) {
    if (*ProofText(*proof) != bytes) std::abort();
    VerifyProof(*proof).status().IgnoreError();
  }
  if (auto ledger = ParseLedger(bytes); ledger.ok()) {
    if (*LedgerText(*ledger) != bytes) std::abort();
    VerifyLedger(*ledger).status().IgnoreError();
  }
  return 0;
}
