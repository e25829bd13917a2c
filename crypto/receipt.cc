#include "crypto/receipt.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "crypto/argon2.h"
#include "crypto/hash.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using namespace std::string_view_literals;

// Generated from Debian's python3-mnemonic when this room is built.
constexpr std::string_view kWords[] = {
#include "crypto/bip39_english.inc"
};
static_assert(std::size(kWords) == 2048);

constexpr int kWordCount = 12;
constexpr int kBitsPerWord = 11;
constexpr size_t kMostText = 1024;

std::optional<int> IndexOf(BytesView word) {
  const auto* found = std::lower_bound(std::begin(kWords), std::end(kWords), word);
  if (found == std::end(kWords) || *found != word) return std::nullopt;
  return static_cast<int>(found - std::begin(kWords));
}

// Entropy and, in the 17th byte, its checksum: the highest four bits of SHA-256.
struct CheckedEntropy {
  std::array<uint8_t, 17> bytes{};
  ~CheckedEntropy() { Wipe(bytes.data(), bytes.size()); }
  void SetChecksum() { bytes[16] = Checksum(); }
  uint8_t Checksum() const {
    const Digest digest = Sha256({reinterpret_cast<const char*>(bytes.data()), 16});
    return static_cast<uint8_t>(digest.data()[0] & 0xf0);
  }
  bool Bit(int at) const { return ((bytes[static_cast<size_t>(at / 8)] >> (7 - at % 8)) & 1) != 0; }
  void AddBit(int at, int bit) {
    auto& byte = bytes[static_cast<size_t>(at / 8)];
    byte = static_cast<uint8_t>(byte | (bit << (7 - at % 8)));
  }
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Receipt Receipt::Draw(Random& random) { return Receipt(Secret<16, Tag>::Draw(random)); }

absl::StatusOr<Receipt> Receipt::FromEntropy(BytesView entropy) {
  auto secret = Secret<16, Tag>::FromBytes(entropy);
  if (!secret.ok()) return secret.status();
  return Receipt(*std::move(secret));
}

absl::StatusOr<Receipt> Receipt::FromWords(BytesView words) {
  if (words.size() > kMostText) return errors::TooLong("a receipt", kMostText, words.size());
  CheckedEntropy checked;
  int count = 0;
  SecretText word;
  for (size_t at = 0; at <= words.size(); ++at) {
    if (at < words.size() && !IsSpace(words[at])) {
      const char lower = Lower(words[at]);
      word.Append({&lower, 1});
      continue;
    }
    if (word.empty()) continue;
    if (++count <= kWordCount) {
      const auto index = IndexOf(word.expose());
      if (!index) return errors::Malformed("word " + std::to_string(count) + " of the receipt");
      for (int bit = 0; bit < kBitsPerWord; ++bit) {
        checked.AddBit((count - 1) * kBitsPerWord + bit, (*index >> (kBitsPerWord - 1 - bit)) & 1);
      }
    }
    word.Clear();
  }
  if (count != kWordCount) {
    return errors::Malformed("a receipt of " + std::to_string(count) + " words instead of 12");
  }
  if (checked.bytes[16] != checked.Checksum()) return errors::Malformed("the receipt's checksum");
  return FromEntropy({reinterpret_cast<const char*>(checked.bytes.data()), 16});
}

BytesView Receipt::Word(int position) const {
  if (position < 1 || position > kWordCount) internal::Broken("a receipt has words 1 to 12");
  CheckedEntropy checked;
  std::copy_n(entropy_.data(), 16, checked.bytes.begin());
  checked.SetChecksum();
  size_t index = 0;
  for (int bit = 0; bit < kBitsPerWord; ++bit) {
    index = index * 2 + static_cast<size_t>(checked.Bit((position - 1) * kBitsPerWord + bit));
  }
  return kWords[index];
}

SecretText Receipt::Words() const {
  SecretText words;
  for (int position = 1; position <= kWordCount; ++position) {
    if (position > 1) words.Append(" ");
    words.Append(Word(position));
  }
  return words;
}

bool IsReceiptWord(BytesView word) { return IndexOf(word).has_value(); }

absl::StatusOr<MailboxKeys> DeriveMailboxKeys(const Receipt& receipt, BytesView organisation_id) {
  if (organisation_id.size() != 16) return errors::WrongLength("the organisation id", 16, organisation_id.size());
  Bytes salted("alcove receipt v1\0"sv);
  salted.append(organisation_id);
  const auto salt = Blake2b(crypto_pwhash_SALTBYTES, {}, salted);
  if (!salt.ok()) return salt.status();

  SymmetricKey master = SymmetricKey::Blank();
  constexpr size_t kMemory = size_t{64} << 20;
  if (absl::Status made =
          internal::Argon2id(receipt.expose(), *salt, 3, kMemory, master.mutable_bytes(), SymmetricKey::kSize);
      !made.ok()) {
    return made;
  }
  static_assert(crypto_kdf_KEYBYTES == SymmetricKey::kSize);
  constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "alcovemb";
  SymmetricKey subkey = SymmetricKey::Blank();
  crypto_kdf_derive_from_key(subkey.mutable_bytes(), SymmetricKey::kSize, 1, kContext, master.data());
  auto decryption = DecryptionKey::FromBytes(subkey.expose());
  if (!decryption.ok()) return decryption.status();
  crypto_kdf_derive_from_key(subkey.mutable_bytes(), SymmetricKey::kSize, 2, kContext, master.data());
  auto signing = SigningKey::FromSeed(subkey.expose());
  if (!signing.ok()) return signing.status();
  RawMailboxId id;
  crypto_kdf_derive_from_key(id.data(), RawMailboxId::kSize, 3, kContext, master.data());
  return MailboxKeys{*std::move(decryption), *std::move(signing), id};
}

}  // namespace alcove::crypto
