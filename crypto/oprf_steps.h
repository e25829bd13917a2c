// The steps of RFC 9497 that oprf.cc and voprf.cc share, for ristretto255 and SHA-512; internal to this room and its
// tests. The modes differ in the labels of their hashes alone (and in the proof, which is voprf.cc's).
//
// Scalars come and go as 32 bytes in memory of the caller's, which is a Secret of the caller's own type.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"

namespace alcove::crypto::internal {

// Section 3.1.
enum class OprfMode : uint8_t { kOprf = 0x00, kVoprf = 0x01 };

inline constexpr size_t kOprfOutput = 64;
inline constexpr size_t kMostOprfInput = 65535;

// `purpose` followed by the mode's context string: the domain of one hash.
Bytes OprfDomain(BytesView purpose, OprfMode mode);
// Two bytes of length, then the bytes: how every hash of the RFC joins its inputs. At most 65535 of them.
void AppendOprfField(Bytes& transcript, BytesView field);

// DeriveKeyPair of section 3.2.1, the private half: 32 bytes of seed and public info of at most 65535.
absl::Status DeriveOprfScalar(OprfMode mode, BytesView seed, BytesView info, uint8_t* scalar);
// INVALID_ARGUMENT unless canonical and not zero. `what` names the scalar.
absl::Status UsableOprfScalar(const uint8_t* scalar, BytesView what);
// Never zero: a generator that gives only zeros ends the process. Draws 64 bytes.
void DrawOprfScalar(Random& random, uint8_t* scalar);

// INVALID_ARGUMENT for an element that is not usable (oprf.h) and for a product that is the identity. `scalar` is
// canonical.
absl::StatusOr<RistrettoPoint> Multiply(const uint8_t* scalar, const RistrettoPoint& element);

// Blind of section 3.3.1. Draws 64 bytes into `blind`.
absl::StatusOr<RistrettoPoint> OprfBlind(OprfMode mode, BytesView input, Random& random, uint8_t* blind);
// Finalize of section 3.3.1, whose hash is the same in every mode, and Evaluate: 64 bytes into `output`.
absl::Status OprfFinalize(BytesView input, const uint8_t* blind, const RistrettoPoint& evaluated, uint8_t* output);
absl::Status OprfEvaluate(OprfMode mode, const uint8_t* key, BytesView input, uint8_t* output);

}  // namespace alcove::crypto::internal
