#include "client/lib/key_file.h"

#include <optional>

#include "client/lib/files.h"
#include "crypto/format/errors.h"

namespace alcove::client {

absl::StatusOr<StaffKeys> ReadStaffKeys(const std::string& path, const format::OrganisationId& organisation,
                                        const std::function<absl::StatusOr<crypto::SecretText>()>& passphrase) {
  ALCOVE_CLIENT_TRY(CheckPrivate(path));
  ALCOVE_CLIENT_ASSIGN(std::string taken, ReadFile(path));
  const crypto::SecretText text = crypto::SecretText::Take(std::move(taken));
  const auto header = format::ReadKeyFileHeader(text.expose());
  if (!header.ok()) return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is no key file");
  if (header->kind != format::KeyFileKind::kStaff) {
    return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is not a staff member's");
  }
  if (header->organisation != organisation) {
    return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is for another organisation");
  }
  std::optional<crypto::SecretText> secret;
  if (header->sealed) {
    ALCOVE_CLIENT_ASSIGN(secret, passphrase());
  }
  auto keys = format::ReadKeyFile(text.expose(), secret ? &*secret : nullptr);
  if (!keys.ok()) {
    if (format::ReasonOf(keys.status()) == format::Refusal::kWrongPassphrase) {
      return Refuse(Refusal::kPassphraseWrong, "the passphrase does not open the key file");
    }
    return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is damaged");
  }
  if (!keys->decryption) return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is damaged");
  return StaffKeys{header->name, *std::move(keys->decryption), std::move(keys->signing)};
}

}  // namespace alcove::client
