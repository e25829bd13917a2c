// Padmé padding (Nikitin et al., PETS 2019): sizes leak O(log log n) bits, at a cost of at most 12 percent; a floor
// makes all small things one size.
//
// A padded text is: content ‖ 0x80 ‖ zero bytes, PaddedSize(content + 1, floor) in all.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::crypto {

// The smallest Padmé size of at least max(size, floor), at least 1. Sizes above 2^62 end the process.
uint64_t PaddedSize(uint64_t size, uint64_t floor);

Plaintext Pad(BytesView content, uint64_t floor);
// A view into `padded`. INVALID_ARGUMENT unless `padded` is what Pad gives for its content and this floor.
absl::StatusOr<BytesView> Unpad(BytesView padded, uint64_t floor);

}  // namespace alcove::crypto
