// Every way this room can refuse, as named constructors. Two families, told apart by code:
//
//   INVALID_ARGUMENT  the bytes have the wrong shape: length, encoding, an unusable key. Whoever sent them made a
//                     mistake; nothing secret took part in finding out.
//   UNAUTHENTICATED   the bytes have the right shape but a seal does not open, or a signature or proof does not
//                     verify. No text says which byte or which check.
//   RESOURCE_EXHAUSTED  the machine could not lend the memory that Argon2id needs.
//
// No message contains input bytes: texts may reach a log, inputs may be secret.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace alcove::crypto::errors {

absl::Status WrongLength(std::string_view what, size_t expected, size_t actual);
absl::Status TooLong(std::string_view what, size_t most, size_t actual);
absl::Status NotCanonical(std::string_view what);
absl::Status Malformed(std::string_view what);
// A public key or group element that is all-zero, the identity, of low order or not a point at all.
absl::Status WeakKey(std::string_view what);
absl::Status OutOfRange(std::string_view what);
absl::Status DoesNotOpen(std::string_view what);
absl::Status DoesNotVerify(std::string_view what);
absl::Status OutOfMemory(std::string_view what);

// Whether a status is of the second family: an attack or damage, not a mistake of shape.
bool IsUnverified(const absl::Status& status);

}  // namespace alcove::crypto::errors
