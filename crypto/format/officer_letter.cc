#include "crypto/format/officer_letter.h"

#include "crypto/aead.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"
#include "crypto/hkdf.h"
#include "crypto/hpke.h"
#include "crypto/padme.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "officer letter";
constexpr std::string_view kMagic = "ALO1";
constexpr uint8_t kSuite = 1;
constexpr size_t kPrefix = 40;
constexpr size_t kKeySize = 96;
constexpr size_t kPadded = kMaxLetterText + 1;
constexpr std::string_view kLabel = "alcove officer letter v1";
constexpr std::string_view kBodyLabel = "alcove officer letter body v1";

Bytes WrapInfo(BytesView prefix, const KeyId& officer) {
  return ByteWriter(96).Raw(kLabel).U8(0).Raw(prefix).Fixed(officer).Take();
}

absl::StatusOr<Bytes> Seal(LetterSubject subject, const OrganisationId& organisation, BytesView id,
                           std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random) {
  if (text.size() > kMaxLetterText) return Malformed(kLayout, "length of the text");
  if (officers.empty() || officers.size() > kMaxOfficerKeys) return Malformed(kLayout, "number of keys");
  ByteWriter letter(OfficerLetterSize(officers.size()));
  letter.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(subject)).Zero(2).Fixed(organisation).Raw(id);
  const Bytes prefix = letter.bytes();

  const auto key = crypto::SymmetricKey::Draw(random);
  letter.Fixed(crypto::Commitment(key, kLabel)).U16(static_cast<uint16_t>(officers.size()));
  for (size_t i = 0; i < officers.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (officers[i] == officers[j]) return Malformed(kLayout, "key named twice");
    }
    const KeyId key_id = crypto::KeyIdOf(officers[i]);
    auto wrapped =
        crypto::HpkeSeal(officers[i], WrapInfo(prefix, key_id), crypto::AssociatedData(), key.expose(), random);
    if (!wrapped.ok()) return Malformed(kLayout, "officer's key");
    letter.Fixed(key_id).Fixed(wrapped->enc).Raw(wrapped->ciphertext);
  }
  const Bytes body = crypto::Seal(crypto::DeriveKey(key, kBodyLabel), crypto::Pad(text, kPadded),
                                  crypto::AssociatedData(letter.bytes()), random);
  return letter.Raw(body).Take();
}

}  // namespace

KeyId ParsedOfficerLetter::KeyAt(size_t i) const { return *KeyId::FromBytes(keys.substr(i * kKeySize, KeyId::kSize)); }

absl::StatusOr<ParsedOfficerLetter> ParseOfficerLetter(BytesView bytes) {
  ByteReader reader(bytes);
  ParsedOfficerLetter letter;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  const uint8_t subject = reader.U8();
  reader.ExpectZero(2);
  letter.organisation = reader.Fixed<OrganisationId>();
  letter.id = reader.Raw(AdverseActionId::kSize);
  letter.key_commitment = reader.Fixed<Digest>();
  letter.key_count = reader.U16();
  if (!reader.ok()) return Malformed(kLayout, "length");
  if (subject < static_cast<uint8_t>(LetterSubject::kAdverseAction) ||
      subject > static_cast<uint8_t>(LetterSubject::kMeasureOrder)) {
    return Malformed(kLayout, "subject");
  }
  letter.subject = static_cast<LetterSubject>(subject);
  if (letter.key_count < 1 || letter.key_count > kMaxOfficerKeys) return Malformed(kLayout, "number of keys");
  if (bytes.size() != OfficerLetterSize(letter.key_count)) return Malformed(kLayout, "length");
  letter.keys = reader.Raw(letter.key_count * kKeySize);
  letter.body = reader.Raw(reader.left());
  letter.header = bytes.substr(0, bytes.size() - letter.body.size());
  for (size_t i = 0; i < letter.key_count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (letter.KeyAt(i) == letter.KeyAt(j)) return Malformed(kLayout, "key named twice");
    }
  }
  return letter;
}

absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const AdverseActionId& action,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random) {
  return Seal(LetterSubject::kAdverseAction, organisation, action.view(), officers, text, random);
}

absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const ProtectionRequestId& request,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random) {
  return Seal(LetterSubject::kProtectionRequest, organisation, request.view(), officers, text, random);
}

absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const MeasureOrderId& order,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random) {
  return Seal(LetterSubject::kMeasureOrder, organisation, order.view(), officers, text, random);
}

absl::StatusOr<crypto::SymmetricKey> LetterKeyOf(const ParsedOfficerLetter& letter, const crypto::DecryptionKey& officer) {
  const KeyId id = crypto::KeyIdOf(officer.encryption_key());
  for (size_t i = 0; i < letter.key_count; ++i) {
    if (letter.KeyAt(i) != id) continue;
    ByteReader reader(letter.keys.substr(i * kKeySize + KeyId::kSize, kKeySize - KeyId::kSize));
    crypto::HpkeSealed wrapped;
    wrapped.enc = reader.Fixed<EncryptionKey>();
    wrapped.ciphertext = Bytes(reader.Raw(reader.left()));
    auto raw = crypto::HpkeOpen(officer, wrapped, WrapInfo(letter.header.substr(0, kPrefix), id), crypto::AssociatedData());
    if (!raw.ok()) return CannotOpen(kLayout);
    auto key = crypto::SymmetricKey::FromBytes(raw->view());
    if (!key.ok()) return CannotOpen(kLayout);
    return key;
  }
  return GrantMismatch("the letter is not sealed to this key");
}

absl::StatusOr<crypto::Plaintext> OpenOfficerLetter(const ParsedOfficerLetter& letter, const crypto::SymmetricKey& key) {
  if (crypto::Commitment(key, kLabel) != letter.key_commitment) return KeyCommitmentMismatch(kLayout);
  auto padded = crypto::Open(crypto::DeriveKey(key, kBodyLabel), letter.body, crypto::AssociatedData(letter.header));
  if (!padded.ok()) return CannotOpen(kLayout);
  auto text = crypto::Unpad(padded->view(), kPadded);
  if (!text.ok()) return Malformed(kLayout, "padding");
  padded->bytes.resize(text->size());
  return std::move(*padded);
}

absl::StatusOr<crypto::Plaintext> OpenOfficerLetter(const ParsedOfficerLetter& letter, const crypto::DecryptionKey& officer) {
  auto key = LetterKeyOf(letter, officer);
  if (!key.ok()) return key.status();
  return OpenOfficerLetter(letter, *key);
}

}  // namespace alcove::format
