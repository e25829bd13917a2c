// Scalars and hashing onto ristretto255, for the OPRFs and shamir.cc; internal to this room and its tests.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"

namespace alcove::crypto::internal {

// Whether 32 little-endian bytes are below the order of the group. libsodium 1.0.18 multiplies by larger ones too.
bool IsCanonicalScalar(const uint8_t* scalar);
bool IsZeroScalar(const uint8_t* scalar);
// A uniform scalar from 64 random bytes. May be zero, with probability 2^-252.
void DrawScalar(Random& random, uint8_t* out);

// The map of RFC 9496 section 4.3.4 from 64 uniform bytes; another size ends the process.
RistrettoPoint ElementFromUniform(BytesView uniform);

// expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1). `length` at most 65535, `dst` 1..255 bytes; anything else
// ends the process: both are constants here.
Bytes ExpandMessageSha512(BytesView message, BytesView dst, size_t length);

}  // namespace alcove::crypto::internal
