// The price of an anonymous call: find 8 bytes so that BLAKE2b-256, keyed with SHA-256 of the challenge, of
// "alcove work v1" ‖ 0x00 ‖ solution begins with `bits` zero bits. One bit more doubles the work.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace alcove::crypto {

inline constexpr int kPuzzleMostBits = 40;

// False for a solution that is not 8 bytes and for bits outside 0..kPuzzleMostBits. Under a microsecond.
bool Solves(BytesView challenge, BytesView solution, int bits);
// Tries 0, 1, 2, ... in 8 bytes big-endian; 2^bits attempts on average. Bits out of range are INVALID_ARGUMENT.
absl::StatusOr<Bytes> Solve(BytesView challenge, int bits);

}  // namespace alcove::crypto
