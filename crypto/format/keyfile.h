// Private key files. Text, one form only:
//
//   alcove.key.v1
//   kind <root | staff | service>
//   organisation <id, 26 characters | ->       `-` for a root key made before its organisation
//   name <slug>
//   encryption-key <base64 X25519 public key>  absent for kind root
//   signing-key <base64 Ed25519 public key>
//   protection <none | passphrase>
//   private <base64>
//
// `private` is, for kind root, the Ed25519 seed (32 bytes), otherwise X25519 private key (32) and Ed25519 seed (32). With
// protection passphrase it is that, sealed (password.h) with all lines before it as associated data; with none it is in
// the clear, for automation, and the file's mode must be 0600: the file's reader checks that, this room opens no files.
// The public half of what was read must fit the public lines.
//
// Reporters have no key file: the receipt's words are theirs.
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/ids.h"

namespace alcove::format {

enum class KeyFileKind : uint8_t { kRoot = 1, kStaff = 2, kService = 3 };
std::string_view Name(KeyFileKind kind);

// What anybody may read of a key file.
struct KeyFileHeader {
  KeyFileKind kind = KeyFileKind::kStaff;
  std::optional<OrganisationId> organisation;
  std::string name;
  std::optional<crypto::EncryptionKey> encryption_key;
  crypto::VerifyKey signing_key;
  // A passphrase is needed.
  bool sealed = false;
};

struct PrivateKeys {
  // Absent for root keys.
  std::optional<crypto::DecryptionKey> decryption;
  crypto::SigningKey signing;
};

// The file's text. No passphrase (nullptr) leaves the keys in the clear. INVALID_ARGUMENT when kind, name and keys do
// not fit together; an empty passphrase is refused. Wiped by the caller when it is done with it: it is a SecretText.
absl::StatusOr<crypto::SecretText> WriteKeyFile(KeyFileKind kind, const std::optional<OrganisationId>& organisation,
                                                std::string_view name, const PrivateKeys& keys,
                                                const crypto::SecretText* passphrase, crypto::Random& random);

absl::StatusOr<KeyFileHeader> ReadKeyFileHeader(std::string_view text);

// kWrongPassphrase when the passphrase is wrong, missing, or the file was changed; kMalformed for anything else.
absl::StatusOr<PrivateKeys> ReadKeyFile(std::string_view text, const crypto::SecretText* passphrase);

}  // namespace alcove::format
