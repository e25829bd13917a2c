// Argon2id 1.3 with one lane, for receipt.cc, password.cc and their tests. Products of this room fix the costs; no
// caller outside chooses them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "crypto/bytes.h"

namespace alcove::crypto::internal {

// `salt` must be 16 bytes. RESOURCE_EXHAUSTED when the memory is not to be had.
absl::Status Argon2id(BytesView password, BytesView salt, uint64_t passes, size_t memory_bytes, uint8_t* out,
                      size_t size);

}  // namespace alcove::crypto::internal
