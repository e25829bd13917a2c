#include "crypto/hpke.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/hkdf.h"
#include "crypto/hpke_schedule.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace internal {
namespace {

using namespace std::string_view_literals;

constexpr BytesView kVersion = "HPKE-v1";
constexpr BytesView kKemSuite = "KEM\x00\x20"sv;                // DHKEM(X25519, HKDF-SHA256)
constexpr BytesView kSuite = "HPKE\x00\x20\x00\x01\x00\x03"sv;  // and HKDF-SHA256, ChaCha20-Poly1305
constexpr size_t kTag = crypto_aead_chacha20poly1305_ietf_ABYTES;
static_assert(kTag == kHpkeTagSize);

SymmetricKey LabeledExtract(BytesView salt, BytesView suite, BytesView label, BytesView input_key) {
  Plaintext input;
  input.bytes.reserve(kVersion.size() + suite.size() + label.size() + input_key.size());
  input.bytes.append(kVersion).append(suite).append(label).append(input_key);
  return HkdfExtract(salt, input.view());
}

Plaintext LabeledExpand(const SymmetricKey& key, BytesView suite, BytesView label, BytesView info, size_t length) {
  Bytes labelled;
  labelled.push_back(static_cast<char>(length >> 8));
  labelled.push_back(static_cast<char>(length & 0xff));
  labelled.append(kVersion).append(suite).append(label).append(info);
  return *HkdfExpand(key.expose(), labelled, length);  // fails above 255 * 32 only
}

// The shared secret of DHKEM. Fails when the agreement is all-zero: one of the keys is of low order.
absl::StatusOr<SymmetricKey> Agree(const DecryptionKey& own, const EncryptionKey& other, const EncryptionKey& enc,
                                   const EncryptionKey& recipient) {
  SymmetricKey agreed = SymmetricKey::Blank();
  if (crypto_scalarmult(agreed.mutable_bytes(), own.data(), other.data()) != 0 ||
      sodium_is_zero(agreed.data(), 32) == 1) {
    return errors::WeakKey("the encryption key");
  }
  Bytes context = enc.str();
  context.append(recipient.view());
  const SymmetricKey extracted = LabeledExtract({}, kKemSuite, "eae_prk", agreed.expose());
  return SymmetricKey::FromBytes(LabeledExpand(extracted, kKemSuite, "shared_secret", context, 32).view());
}

HpkeSchedule Schedule(const SymmetricKey& shared, BytesView info) {
  Bytes context(1, '\0');  // mode_base
  context.append(LabeledExtract({}, kSuite, "psk_id_hash", {}).expose());
  context.append(LabeledExtract({}, kSuite, "info_hash", info).expose());
  const SymmetricKey secret = LabeledExtract(shared.expose(), kSuite, "secret", {});
  HpkeSchedule schedule{*SymmetricKey::FromBytes(LabeledExpand(secret, kSuite, "key", context, 32).view()), {}};
  const Plaintext nonce = LabeledExpand(secret, kSuite, "base_nonce", context, schedule.base_nonce.size());
  std::copy(nonce.bytes.begin(), nonce.bytes.end(), schedule.base_nonce.begin());
  return schedule;
}

std::array<uint8_t, 12> NonceAt(const HpkeSchedule& schedule, uint64_t sequence) {
  std::array<uint8_t, 12> nonce = schedule.base_nonce;
  for (size_t i = 0; i < 8; ++i) nonce[11 - i] ^= static_cast<uint8_t>(sequence >> (8 * i));
  return nonce;
}

// X25519 ignores the highest bit and reduces; a key has one id only if it has one encoding.
bool IsCanonical(const EncryptionKey& key) {
  const uint8_t* bytes = key.data();
  if ((bytes[31] & 0x80) != 0) return false;
  const bool top = bytes[31] == 0x7f && std::all_of(bytes + 1, bytes + 31, [](uint8_t b) { return b == 0xff; });
  return !(top && bytes[0] >= 0xed);
}

}  // namespace

absl::StatusOr<HpkeSender> HpkeSetupSender(const EncryptionKey& to, BytesView info, Random& random) {
  if (!IsCanonical(to)) return errors::NotCanonical("the encryption key");
  const SymmetricKey input = SymmetricKey::Draw(random);
  const auto ephemeral = HpkeDeriveKey(input.expose());
  if (!ephemeral.ok()) return ephemeral.status();
  const auto shared = Agree(*ephemeral, to, ephemeral->encryption_key(), to);
  if (!shared.ok()) return shared.status();
  return HpkeSender{ephemeral->encryption_key(), Schedule(*shared, info)};
}

absl::StatusOr<HpkeSchedule> HpkeSetupReceiver(const DecryptionKey& key, const EncryptionKey& enc, BytesView info) {
  if (!IsCanonical(enc)) return errors::NotCanonical("the encapsulated key");
  const auto shared = Agree(key, enc, enc, key.encryption_key());
  if (!shared.ok()) return shared.status();
  return Schedule(*shared, info);
}

Bytes HpkeSealAt(const HpkeSchedule& schedule, uint64_t sequence, AssociatedData associated, BytesView plaintext) {
  Bytes ciphertext(plaintext.size() + kTag, '\0');
  crypto_aead_chacha20poly1305_ietf_encrypt(
      reinterpret_cast<unsigned char*>(ciphertext.data()), nullptr, Raw(plaintext), plaintext.size(),
      Raw(associated.bytes), associated.bytes.size(), nullptr, NonceAt(schedule, sequence).data(), schedule.key.data());
  return ciphertext;
}

absl::StatusOr<Plaintext> HpkeOpenAt(const HpkeSchedule& schedule, uint64_t sequence, AssociatedData associated,
                                     BytesView ciphertext) {
  if (ciphertext.size() < kTag) return errors::Malformed("a wrap shorter than its tag");
  Plaintext plaintext(Bytes(ciphertext.size() - kTag, '\0'));
  if (crypto_aead_chacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plaintext.bytes.data()), nullptr,
                                                nullptr, Raw(ciphertext), ciphertext.size(), Raw(associated.bytes),
                                                associated.bytes.size(), NonceAt(schedule, sequence).data(),
                                                schedule.key.data()) != 0) {
    return errors::DoesNotOpen("a wrap");
  }
  return plaintext;
}

}  // namespace internal

absl::Status UsableKey(const EncryptionKey& key) {
  if (!internal::IsCanonical(key)) return errors::NotCanonical("the encryption key");
  // The canonical encodings of the points whose order divides the cofactor; the server asks this of every filing, so it
  // does not cost a multiplication.
  static constexpr std::array<std::array<unsigned char, 32>, 5> kLowOrder = {{
      {0},
      {1},
      {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
       0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
      {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
       0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
      {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
  }};
  for (const auto& point : kLowOrder)
    if (std::memcmp(point.data(), key.data(), point.size()) == 0) return errors::WeakKey("the encryption key");
  return absl::OkStatus();
}

absl::StatusOr<DecryptionKey> HpkeDeriveKey(BytesView input) {
  if (input.size() < 32) return errors::Malformed("a key seed shorter than 32 bytes");
  const SymmetricKey extracted = internal::LabeledExtract({}, internal::kKemSuite, "dkp_prk", input);
  return DecryptionKey::FromBytes(internal::LabeledExpand(extracted, internal::kKemSuite, "sk", {}, 32).view());
}

absl::StatusOr<HpkeSealed> HpkeSeal(const EncryptionKey& to, BytesView info, AssociatedData associated,
                                    BytesView plaintext, Random& random) {
  const auto sender = internal::HpkeSetupSender(to, info, random);
  if (!sender.ok()) return sender.status();
  return HpkeSealed{sender->enc, internal::HpkeSealAt(sender->schedule, 0, associated, plaintext)};
}

absl::StatusOr<Plaintext> HpkeOpen(const DecryptionKey& key, const HpkeSealed& sealed, BytesView info,
                                   AssociatedData associated) {
  const auto schedule = internal::HpkeSetupReceiver(key, sealed.enc, info);
  if (!schedule.ok()) return schedule.status();
  return internal::HpkeOpenAt(*schedule, 0, associated, sealed.ciphertext);
}

}  // namespace alcove::crypto
