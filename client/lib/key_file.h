// The private keys of one machine of a staff member, read from their key file (layout: crypto/format/keyfile.h).
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/errors.h"
#include "crypto/format/keyfile.h"
#include "crypto/secret.h"

namespace alcove::client {

struct StaffKeys {
  std::string slug;
  crypto::DecryptionKey decryption;
  crypto::SigningKey signing;
};

// Reads a key file of kind staff. `passphrase` is called only when the file is sealed. kKeyFileInvalid when it is
// missing, readable by others, of another organisation or malformed; kPassphraseWrong when it does not open.
absl::StatusOr<StaffKeys> ReadStaffKeys(const std::string& path, const format::OrganisationId& organisation,
                                        const std::function<absl::StatusOr<crypto::SecretText>()>& passphrase);

}  // namespace alcove::client
