// The key files of one server, outside its data directory.
//
//   kek.key   the key-encryption key: whoever holds it and the data reads routing facts (never a report)
//   log.key   the seed of the Ed25519 key that signs checkpoints and promises
//   tag.key   the OPRF key that turns identifiers into tags
//   log.next.key   only while the log key is replaced: the one that comes after it (core/ledger/log_keys.h)
//   token.employment.2026-Q4.key, token.escrow.2026-Q4.key   issue and check the tokens of a quarter (crypto/format/token.h); none
//                  to begin with, and those of quarters long over do no harm
//
// Each is one line: the kind, a space, base64 of 32 bytes ("alcove.kek.v1 ..."). The kind stands there so that two files
// that changed places are found at start, not by the first reporter. The KEK's goes on with its epoch and its organisation, a token
// key's with its kind and quarter, each after a space, so that an old one and another's are refused by name. Beside them lies `organisation`, a copy of the
// organisation file the server was made for: it says whose root signatures a directory needs, so it is guarded like a key.
//
// Keys are made by Initialise, a new KEK by Shred (shred.h), and those of tokens and the next log key by a command each, alone. Everything else refuses a key that is missing, wrong, or readable by others, and
// names the file.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/format/token.h"
#include "crypto/random.h"
#include "server/core/intake/token_keys.h"
#include "server/storage/keys.h"

namespace alcove::app {

enum class KeyKind { kKek, kLog, kTag, kNextLog, kToken };

// "kek.key", "log.key", "tag.key", "log.next.key". Not for token keys, of which there are several.
std::string KeyFileName(KeyKind kind);
// "token.employment.2026-Q4.key".
std::string TokenKeyFileName(format::TokenKind kind, format::Quarter quarter);

// Where keys are looked for. A key that systemd handed over (LoadCredentialEncrypted=, in $CREDENTIALS_DIRECTORY under the
// same file name) comes before the file in `directory`.
struct KeyPlaces {
  std::filesystem::path directory;
  std::optional<std::filesystem::path> credentials;

  std::filesystem::path Find(KeyKind kind) const { return Find(KeyFileName(kind)); }
  std::filesystem::path Find(const std::string& name) const;
};

// Reads all three, and the next log key where there is one. FAILED_PRECONDITION naming the file: KeyMissing, KeyReadableByOthers, KeyOwnedByAnother, KeyWrong.
absl::StatusOr<storage::ServerKeys> ReadKeys(const KeyPlaces& places);

// Every token key that is there, by the name of its file. What a name says and what the file says must be the same: KeyWrong.
absl::StatusOr<intake::TokenKeys> ReadTokenKeys(const KeyPlaces& places);

// Draws one and writes it into `directory`; what the directory is to announce. ALREADY_EXISTS naming the file: a key that tokens
// were issued under is never replaced.
absl::StatusOr<crypto::VoprfPublicKey> MakeTokenKey(const std::filesystem::path& directory, format::TokenKind kind,
                                                    format::Quarter quarter, crypto::Random& random);

// What a line of a token key's file says that it is of. KeyWrong naming `file`.
absl::StatusOr<format::TokenKey> TokenKeyOfLine(std::string_view line, const std::filesystem::path& file);

// The name of the KEK that a shredding makes, until it takes the old one's place.
inline constexpr std::string_view kNextKekFile = "kek.next";

// Draws three keys, the KEK of epoch 1 of `organisation`, and writes them into `directory`, which is made (0700) when it is not there. ALREADY_EXISTS naming the
// file when one of them is there, and then nothing is written.
absl::StatusOr<storage::ServerKeys> MakeKeys(const std::filesystem::path& directory,
                                             const base::OrganisationId& organisation, crypto::Random& random);

// Draws a KEK of this epoch and writes it beside the old one as kNextKekFile. ALREADY_EXISTS naming the file.
absl::Status MakeNextKek(const std::filesystem::path& directory, const base::OrganisationId& organisation,
                         std::uint32_t epoch, crypto::Random& random);
// The keys as they are after a shredding: kNextKekFile in the place of the KEK.
absl::StatusOr<storage::ServerKeys> ReadKeysWithNextKek(const KeyPlaces& places);

// Writes random bytes over the file, then zeros, each down to the device, and unlinks it. OK when there is none. What a device keeps
// of old blocks by itself (an SSD, a file system that copies on write, a snapshot) is beyond any program.
absl::Status DestroyFile(const std::filesystem::path& file, crypto::Random& random);

// Draws the log key that comes next and writes it into `directory`; what signs by it. ALREADY_EXISTS when one waits already.
absl::StatusOr<crypto::VerifyKey> MakeNextLogKey(const std::filesystem::path& directory, crypto::Random& random);

// A private file is ours or root's, regular, and closed to others: else KeyMissing, KeyOwnedByAnother,
// KeyReadableByOthers. For the private keys of TLS, which gRPC reads.
absl::Status CheckPrivateFile(const std::filesystem::path& file);

// Writes a file that was not there, mode 0600, synced with its directory. ALREADY_EXISTS when it was.
absl::Status WriteNewFile(const std::filesystem::path& file, crypto::BytesView bytes);

// Reads a whole file of at most `most` bytes.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& file, std::size_t most);

}  // namespace alcove::app
