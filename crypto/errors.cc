#include "crypto/errors.h"

#include <string>

namespace alcove::crypto::errors {
namespace {

std::string Text(std::string_view what, std::string_view rest) {
  std::string text(what);
  text.append(rest);
  return text;
}

}  // namespace

absl::Status WrongLength(std::string_view what, size_t expected, size_t actual) {
  return absl::InvalidArgumentError(
      Text(what, ": " + std::to_string(expected) + " bytes expected, " + std::to_string(actual) + " given"));
}

absl::Status TooLong(std::string_view what, size_t most, size_t actual) {
  return absl::InvalidArgumentError(
      Text(what, ": at most " + std::to_string(most) + " bytes allowed, " + std::to_string(actual) + " given"));
}

absl::Status NotCanonical(std::string_view what) {
  return absl::InvalidArgumentError(Text(what, " is not in its one canonical encoding"));
}

absl::Status Malformed(std::string_view what) { return absl::InvalidArgumentError(Text(what, " is malformed")); }

absl::Status WeakKey(std::string_view what) {
  return absl::InvalidArgumentError(Text(what, " is not a usable public key or group element"));
}

absl::Status OutOfRange(std::string_view what) { return absl::InvalidArgumentError(Text(what, " is out of range")); }

absl::Status DoesNotOpen(std::string_view what) { return absl::UnauthenticatedError(Text(what, " does not open")); }

absl::Status DoesNotVerify(std::string_view what) { return absl::UnauthenticatedError(Text(what, " does not verify")); }

absl::Status OutOfMemory(std::string_view what) {
  return absl::ResourceExhaustedError(Text(what, ": not enough memory to derive the key"));
}

bool IsUnverified(const absl::Status& status) { return status.code() == absl::StatusCode::kUnauthenticated; }

}  // namespace alcove::crypto::errors
