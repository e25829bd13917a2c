// The key files of one server, outside its data directory.
//
//   kek.key   the key-encryption key: whoever holds it and the data reads routing facts (never a report)
//   log.key   the seed of the Ed25519 key that signs checkpoints and promises
//   tag.key   the OPRF key that turns identifiers into tags
//
// Each is one line: the kind, a space, base64 of 32 bytes ("alcove.kek.v1 ..."). The kind stands there so that two files
// that changed places are found at start, not by the first reporter. Beside them lies `organisation`, a copy of the
// organisation file the server was made for: it says whose root signatures a directory needs, so it is guarded like a key.
//
// Keys are made by Initialise alone. Everything else refuses a key that is missing, wrong, or readable by others, and
// names the file.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "server/storage/keys.h"

namespace alcove::app {

enum class KeyKind { kKek, kLog, kTag };

// "kek.key", "log.key", "tag.key".
std::string KeyFileName(KeyKind kind);

// Where keys are looked for. A key that systemd handed over (LoadCredentialEncrypted=, in $CREDENTIALS_DIRECTORY under the
// same file name) comes before the file in `directory`.
struct KeyPlaces {
  std::filesystem::path directory;
  std::optional<std::filesystem::path> credentials;

  std::filesystem::path Find(KeyKind kind) const;
};

// Reads all three. FAILED_PRECONDITION naming the file: KeyMissing, KeyReadableByOthers, KeyOwnedByAnother, KeyWrong.
absl::StatusOr<storage::ServerKeys> ReadKeys(const KeyPlaces& places);

// Draws three keys and writes them into `directory`, which is made (0700) when it is not there. ALREADY_EXISTS naming the
// file when one of them is there, and then nothing is written.
absl::StatusOr<storage::ServerKeys> MakeKeys(const std::filesystem::path& directory, crypto::Random& random);

// A private file is ours or root's, regular, and closed to others: else KeyMissing, KeyOwnedByAnother,
// KeyReadableByOthers. For the private keys of TLS, which gRPC reads.
absl::Status CheckPrivateFile(const std::filesystem::path& file);

// Writes a file that was not there, mode 0600, synced with its directory. ALREADY_EXISTS when it was.
absl::Status WriteNewFile(const std::filesystem::path& file, crypto::BytesView bytes);

// Reads a whole file of at most `most` bytes.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& file, std::size_t most);

}  // namespace alcove::app
