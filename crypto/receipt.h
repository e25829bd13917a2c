// The reporter's receipt: 128 random bits, shown as 12 BIP39 words, and the keys of the mailbox that follow from it.
// Whoever has the words is the reporter; nobody can give them back.
#pragma once

#include <array>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct MailboxIdTag {
  static constexpr std::string_view kName = "mailbox id";
};
using RawMailboxId = FixedBytes<16, MailboxIdTag>;

class Receipt {
 public:
  static Receipt Draw(Random& random);
  // Accepts any case and any white space between and around the words. INVALID_ARGUMENT says how many words were
  // found, which position holds no word of the list, or that the checksum fails; it never repeats a word.
  static absl::StatusOr<Receipt> FromWords(BytesView words);
  // The 16 bytes themselves.
  static absl::StatusOr<Receipt> FromEntropy(BytesView entropy);

  // Twelve lower-case words, one space between.
  SecretText Words() const;
  // Word 1..12; 0 or 13 ends the process. Points into the word list: the list is public, the choice is not.
  BytesView Word(int position) const;
  BytesView expose() const { return entropy_.expose(); }
  Receipt Clone() const { return Receipt(entropy_.Clone()); }

 private:
  struct Tag {
    static constexpr std::string_view kName = "receipt";
  };
  explicit Receipt(Secret<16, Tag> entropy) : entropy_(std::move(entropy)) {}
  Secret<16, Tag> entropy_;
};

// Whether the text is one word of the BIP39 English list, in lower case.
bool IsReceiptWord(BytesView word);

struct MailboxKeys {
  DecryptionKey decryption;
  SigningKey signing;
  RawMailboxId id;
};

// Argon2id (64 MiB, 3 passes, about 0.1 s) of the 16 bytes of entropy, salt = BLAKE2b-128("alcove receipt v1" ‖ 0x00
// ‖ organisation id), then crypto_kdf with context "alcovemb": subkey 1 the X25519 private key, 2 the Ed25519 seed,
// 3 (16 bytes) the mailbox id. The same receipt gives unlinkable mailboxes in two organisations.
// INVALID_ARGUMENT unless `organisation_id` is 16 bytes; RESOURCE_EXHAUSTED without 64 MiB of memory.
absl::StatusOr<MailboxKeys> DeriveMailboxKeys(const Receipt& receipt, BytesView organisation_id);

}  // namespace alcove::crypto
