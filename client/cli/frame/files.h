// Files that a person names on the command line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/frame/terminal.h"
#include "crypto/secret.h"

namespace alcove::cli {

// The whole file; `-` is standard input. INPUT_INVALID names the file when it cannot be read or has more than `most` bytes.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t most);

// As ReadFile, for files that only their owner may read: INPUT_INVALID when group or others could.
absl::StatusOr<crypto::SecretText> ReadPrivateFile(const std::string& path, size_t most);

// Writes a file that does not exist yet, whole or not at all; refuses to write over anything. `mode` is 0600 or 0644.
absl::Status WriteNewFile(const std::string& path, std::string_view bytes, int mode);

// Replaces a file's content: a new file beside it, then a rename, so that nothing is ever half written.
absl::Status ReplaceFile(const std::string& path, std::string_view bytes);

// Text that a person writes: from `path` (`-` is standard input), or, when `path` is empty, asked for line by line
// until a line with a single dot. INPUT_INVALID when nothing was written; at most 64 KiB.
absl::StatusOr<std::string> ReadText(Terminal& terminal, const std::string& path, std::string_view prompt);

}  // namespace alcove::cli
