// Secrets come from the terminal, from a file descriptor that the caller opened, or from a file with mode 0600.
// Never from argv, which every process of the machine can read, and never from the environment, which is inherited.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/cli/frame/terminal.h"
#include "crypto/secret.h"

namespace alcove::cli {

// Reads one secret. With `fd` it is the first line of that descriptor (at most 4096 bytes), which is then closed;
// otherwise the person is asked, unseen. FAILED_PRECONDITION, reason NO_TERMINAL, where neither is there.
absl::StatusOr<crypto::SecretText> ReadSecret(Terminal& terminal, std::optional<int> fd, std::string_view prompt);

// The shortest passphrase that a key file is sealed with.
inline constexpr size_t kLeastPassphrase = 12;

// Asks for a new secret twice, and again when they differ or it is shorter than `least` characters.
// From a descriptor it is taken once.
absl::StatusOr<crypto::SecretText> ReadNewSecret(Terminal& terminal, std::optional<int> fd, std::string_view prompt,
                                                 size_t least);

// Writes `secret` and a newline to a descriptor that the caller opened, and closes it.
absl::Status WriteSecret(int fd, std::string_view secret);

}  // namespace alcove::cli
