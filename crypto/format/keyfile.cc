#include "crypto/format/keyfile.h"

#include "crypto/encoding.h"
#include "crypto/password.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "key file";
constexpr std::string_view kFirstLine = "alcove.key.v1";
constexpr std::string_view kKinds[] = {"root", "staff", "service"};

// All lines before `private`.
std::string HeaderText(const KeyFileHeader& header) {
  std::string text = std::string(kFirstLine) + "\nkind " + std::string(Name(header.kind)) + "\norganisation " +
                     (header.organisation ? Text(*header.organisation) : "-") + "\nname " + header.name + "\n";
  if (header.encryption_key) text += "encryption-key " + crypto::Base64Encode(header.encryption_key->view()) + "\n";
  text += "signing-key " + crypto::Base64Encode(header.signing_key.view()) + "\n";
  text += std::string("protection ") + (header.sealed ? "passphrase" : "none") + "\n";
  return text;
}

absl::Status CheckHeader(const KeyFileHeader& header) {
  if (!IsSlug(header.name)) return Malformed(kLayout, "name");
  if (header.encryption_key.has_value() != (header.kind != KeyFileKind::kRoot)) return Malformed(kLayout, "encryption key");
  if (!header.organisation && header.kind != KeyFileKind::kRoot) return Malformed(kLayout, "organisation");
  return absl::OkStatus();
}

bool TakeHeader(internal::LineReader& lines, KeyFileHeader* header) {
  if (!lines.TakeBare(kFirstLine)) return false;
  auto kind = lines.Take("kind");
  if (!kind) return false;
  uint8_t code = 0;
  for (uint8_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i] == *kind) code = static_cast<uint8_t>(i + 1);
  }
  if (code == 0) return false;
  header->kind = static_cast<KeyFileKind>(code);
  auto organisation = lines.Take("organisation");
  if (!organisation) return false;
  if (*organisation != "-") {
    auto id = FromText<OrganisationId>(*organisation);
    if (!id.ok()) return false;
    header->organisation = *id;
  }
  auto name = lines.Take("name");
  if (!name) return false;
  header->name = std::string(*name);
  if (auto value = lines.Take("encryption-key")) {
    header->encryption_key = internal::FixedFromBase64<crypto::EncryptionKey>(*value);
    if (!header->encryption_key) return false;
  }
  auto signing = lines.Take("signing-key");
  if (!signing) return false;
  auto signing_key = internal::FixedFromBase64<crypto::VerifyKey>(*signing);
  if (!signing_key) return false;
  header->signing_key = *signing_key;
  auto protection = lines.Take("protection");
  if (!protection || (*protection != "none" && *protection != "passphrase")) return false;
  header->sealed = *protection == "passphrase";
  return true;
}

struct Split {
  KeyFileHeader header;
  std::string_view private_text;
};

absl::StatusOr<Split> Read(std::string_view text) {
  internal::LineReader lines(kLayout, text);
  Split split;
  if (!TakeHeader(lines, &split.header)) return lines.Fail();
  auto value = lines.Take("private");
  if (!value || !lines.done()) return lines.Fail();
  split.private_text = *value;
  if (auto status = CheckHeader(split.header); !status.ok()) return status;
  return split;
}

}  // namespace

std::string_view Name(KeyFileKind kind) { return kKinds[static_cast<uint8_t>(kind) - 1]; }

absl::StatusOr<crypto::SecretText> WriteKeyFile(KeyFileKind kind, const std::optional<OrganisationId>& organisation,
                                                std::string_view name, const PrivateKeys& keys,
                                                const crypto::SecretText* passphrase, crypto::Random& random) {
  KeyFileHeader header{.kind = kind,
                       .organisation = organisation,
                       .name = std::string(name),
                       .encryption_key = {},
                       .signing_key = keys.signing.verify_key(),
                       .sealed = passphrase != nullptr};
  if (keys.decryption) header.encryption_key = keys.decryption->encryption_key();
  if (auto status = CheckHeader(header); !status.ok()) return status;
  crypto::SecretText secret;
  if (keys.decryption) secret.Append(keys.decryption->expose());
  secret.Append(keys.signing.expose());
  std::string lines = HeaderText(header);
  crypto::SecretText file(lines);
  file.Append("private ");
  // The codec's time depends on the bytes it encodes; whoever can time a program on this machine can read its files.
  if (passphrase == nullptr) {
    file.Append(crypto::SecretText::Take(crypto::Base64Encode(secret.expose())).expose());
  } else {
    auto sealed = crypto::SealWithPassphrase(*passphrase, secret.expose(), crypto::AssociatedData(lines), random);
    if (!sealed.ok()) return sealed.status();
    file.Append(crypto::Base64Encode(*sealed));
  }
  file.Append("\n");
  return file;
}

absl::StatusOr<KeyFileHeader> ReadKeyFileHeader(std::string_view text) {
  auto split = Read(text);
  if (!split.ok()) return split.status();
  return std::move(split->header);
}

absl::StatusOr<PrivateKeys> ReadKeyFile(std::string_view text, const crypto::SecretText* passphrase) {
  auto split = Read(text);
  if (!split.ok()) return split.status();
  const KeyFileHeader& header = split->header;
  auto decoded = crypto::Base64Decode(split->private_text);
  if (!decoded.ok()) return Malformed(kLayout, "private keys");
  crypto::Plaintext secret(std::move(*decoded));
  if (header.sealed) {
    if (passphrase == nullptr) return WrongPassphrase();
    auto opened = crypto::OpenWithPassphrase(*passphrase, secret.view(), crypto::AssociatedData(HeaderText(header)));
    if (!opened.ok()) {
      return absl::IsResourceExhausted(opened.status()) ? opened.status() : WrongPassphrase();
    }
    secret = std::move(*opened);
  }
  bool root = header.kind == KeyFileKind::kRoot;
  if (secret.view().size() != (root ? 32u : 64u)) return Malformed(kLayout, "private keys");
  auto signing = crypto::SigningKey::FromSeed(secret.view().substr(root ? 0 : 32));
  if (!signing.ok()) return Malformed(kLayout, "private keys");
  PrivateKeys keys{.decryption = {}, .signing = std::move(*signing)};
  if (!root) {
    auto decryption = crypto::DecryptionKey::FromBytes(secret.view().substr(0, 32));
    if (!decryption.ok() || decryption->encryption_key() != *header.encryption_key) {
      return Malformed(kLayout, "pair of encryption keys");
    }
    keys.decryption = std::move(*decryption);
  }
  if (keys.signing.verify_key() != header.signing_key) return Malformed(kLayout, "pair of signing keys");
  return keys;
}

}  // namespace alcove::format
