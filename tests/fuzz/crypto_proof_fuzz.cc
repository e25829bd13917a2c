// rooms: crypto
// Inclusion and consistency proofs with any sizes: they end, and none leads to a root that was not computed from it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/hash.h"
#include "crypto/merkle.h"

using namespace alcove::crypto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BytesView bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.size() < 16) return 0;
  uint64_t first = 0;
  uint64_t second = 0;
  for (size_t i = 0; i < 8; ++i) {
    first = (first << 8) | static_cast<uint8_t>(bytes[i]);
    second = (second << 8) | static_cast<uint8_t>(bytes[8 + i]);
  }
  bytes.remove_prefix(16);
  std::vector<Digest> proof;
  // One input byte makes one hash, so that short inputs make long proofs.
  for (const char c : bytes.substr(0, 130)) proof.push_back(Sha256({&c, 1}));
  static const Digest root = Sha256("a root");
  static const Digest leaf = MerkleLeafHash("a leaf");
  if (VerifyInclusion(first, second, leaf, proof, root).ok()) std::abort();
  if (VerifyConsistency(first, second, proof, leaf, root).ok()) std::abort();
  if (const auto reached = RootFromInclusion(first, second, leaf, proof); reached.ok()) {
    if (first >= second || !VerifyInclusion(first, second, leaf, proof, *reached).ok()) std::abort();
  }
  return 0;
}
