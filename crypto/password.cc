#include "crypto/password.h"

#include "crypto/aead.h"
#include "crypto/argon2.h"

namespace alcove::crypto {
namespace {

constexpr BytesView kMagic = "ALP1";
constexpr size_t kSalt = 16;
constexpr uint64_t kPasses = 3;
constexpr size_t kMemory = size_t{256} << 20;

absl::StatusOr<SymmetricKey> KeyOf(const SecretText& passphrase, BytesView salt) {
  if (passphrase.empty()) return errors::Malformed("an empty passphrase");
  SymmetricKey key = SymmetricKey::Blank();
  if (absl::Status made =
          internal::Argon2id(passphrase.expose(), salt, kPasses, kMemory, key.mutable_bytes(), SymmetricKey::kSize);
      !made.ok()) {
    return made;
  }
  return key;
}

}  // namespace

absl::StatusOr<Bytes> SealWithPassphrase(const SecretText& passphrase, BytesView plaintext, AssociatedData associated,
                                         Random& random) {
  const Bytes salt = random.Draw(kSalt);
  const auto key = KeyOf(passphrase, salt);
  if (!key.ok()) return key.status();
  Bytes sealed(kMagic);
  sealed.append(salt);
  SealAppend(*key, plaintext, associated, random, &sealed);
  return sealed;
}

absl::StatusOr<Plaintext> OpenWithPassphrase(const SecretText& passphrase, BytesView sealed,
                                             AssociatedData associated) {
  if (!IsPassphraseSealed(sealed) || sealed.size() < kMagic.size() + kSalt + kSealOverhead) {
    return errors::Malformed("a file sealed with a passphrase");
  }
  const auto key = KeyOf(passphrase, sealed.substr(kMagic.size(), kSalt));
  if (!key.ok()) return key.status();
  return Open(*key, sealed.substr(kMagic.size() + kSalt), associated);
}

bool IsPassphraseSealed(BytesView bytes) { return bytes.substr(0, kMagic.size()) == kMagic; }

}  // namespace alcove::crypto
