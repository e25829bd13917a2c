// The lines of root holders, which organisation file and directory share. Of use only inside this room.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "crypto/format/lines.h"
#include "crypto/format/organisation.h"

namespace alcove::format::internal {

absl::Status CheckRoots(std::string_view layout, const Roots& roots);
void AppendRoots(const Roots& roots, std::string* text);
// False when the lines that follow are not `root` lines and a `threshold` line.
bool TakeRoots(LineReader& lines, Roots* roots);

}  // namespace alcove::format::internal
