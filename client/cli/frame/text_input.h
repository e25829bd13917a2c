// Text that a person writes for somebody else: a reply, a note.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/cli/frame/terminal.h"

namespace alcove::cli {

// From `path` (`-` is standard input), or, when `path` is empty, asked for line by line until a line with a single dot.
// INPUT_INVALID when nothing was written or it is longer than 64 KiB.
absl::StatusOr<std::string> ReadText(Terminal& terminal, const std::string& path, std::string_view prompt);

}  // namespace alcove::cli
