// The public line of a root holder, as `alcove org keygen` prints it: `root <slug> <base64 Ed25519 key>` and a line feed.
// It is not secret, and proves nothing: whoever takes it compares it with the person it is from. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/format/organisation.h"

namespace alcove::client {

std::string RootLine(std::string_view slug, const crypto::VerifyKey& key);

// kInputInvalid names the file that is not there, is not such a line, or holds a key that nobody could sign with.
absl::StatusOr<format::RootKey> ReadRootLine(const std::string& path);

}  // namespace alcove::client
