// What a staff member's client remembers between runs, so that an older or forked directory, or a shrunken ledger,
// shows. A small JSON file, mode 0600, next to the key file. Reporters have none.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace alcove::client {

struct Memory {
  // The newest directory accepted, a signed note: its roots sign the next version. Empty when none.
  std::string directory_note;
  // The newest checkpoint accepted, a signed note; empty when none.
  std::string checkpoint_note;
};

// Reads a memory; a file that does not exist is an empty memory. kInputInvalid when it is damaged: a person must
// decide to delete it, because forgetting is what an attacker would want.
absl::StatusOr<Memory> ReadMemory(const std::string& path);

// Writes it whole: a new file of mode 0600, then a rename.
absl::Status WriteMemory(const std::string& path, const Memory& memory);

}  // namespace alcove::client
