// The private keys of one machine of a staff member, at rest.
//
// A key file is text: a first line `alcove.keys.v1`, then base64 of the sealed keys. Sealed under Argon2id from a
// passphrase (crypto/password.h), or, for automation, plain (`alcove.keys.v1 plain`): then the file's mode is all that
// guards it. Either is refused unless its mode is 0600 or 0400 and its owner is the caller.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/errors.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::client {

struct StaffKeys {
  std::string slug;
  crypto::DecryptionKey decryption;
  crypto::SigningKey signing;
};

// New keys for a machine.
StaffKeys DrawStaffKeys(std::string slug, crypto::Random& random);

// Writes a new file; never over an existing one. A null passphrase writes it plain.
absl::Status WriteKeyFile(const std::string& path, const StaffKeys& keys, const crypto::SecretText* passphrase,
                          crypto::Random& random);

// Reads it. `passphrase` is called only when the file is sealed. kKeyFileInvalid names what is wrong with the file,
// kPassphraseWrong when it does not open.
absl::StatusOr<StaffKeys> ReadKeyFile(const std::string& path,
                                      const std::function<absl::StatusOr<crypto::SecretText>()>& passphrase);

}  // namespace alcove::client
