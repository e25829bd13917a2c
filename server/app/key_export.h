// Keys on their way to a safe place: `alcoved keys export FILE`, `alcoved keys import FILE`. Without the keys a backup is
// nothing, and no backup holds them.
//
// The file is sealed under a passphrase (crypto/password.h). Inside, text: `alcove.keys.v1`, the lines of the three key
// files, that of the next log key where there is one, those of the token keys, and the organisation file.
#pragma once

#include <absl/status/status.h>

#include <filesystem>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/app/keys.h"

namespace alcove::app {

// Reads and checks the keys, then writes `file`, 0600. ALREADY_EXISTS when it is there.
absl::Status ExportKeys(const KeyPlaces& places, const std::filesystem::path& file, const crypto::SecretText& passphrase,
                        crypto::Random& random);

// Writes key files and organisation file into `directory`. ALREADY_EXISTS, before anything is written, when one is there;
// UNAUTHENTICATED for a wrong passphrase or a changed file.
absl::Status ImportKeys(const std::filesystem::path& file, const std::filesystem::path& directory,
                        const crypto::SecretText& passphrase);

// From the descriptor, one line; from the terminal when `descriptor` is negative, twice when it is a new one.
absl::StatusOr<crypto::SecretText> ReadPassphrase(int descriptor, bool fresh);

}  // namespace alcove::app
