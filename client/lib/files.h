// The few files that clients touch. Whatever is written has mode 0600 from its first byte on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace alcove::client {

// The whole file; kInputInvalid when it cannot be read or is larger than 64 MiB.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// Nothing when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadFileIfThere(const std::string& path);
// A new file; kInputInvalid when one is there already.
absl::Status WriteNewFile(const std::string& path, std::string_view text);
// A new file under another name in the same directory, then a rename.
absl::Status ReplaceFile(const std::string& path, std::string_view text);
// Writes zeros over a file and removes it. What the disk or a copy elsewhere still has is beyond any program.
absl::Status ForgetFile(const std::string& path);
// kKeyFileInvalid unless the file is the caller's and nobody else can read it.
absl::Status CheckPrivate(const std::string& path);

}  // namespace alcove::client
