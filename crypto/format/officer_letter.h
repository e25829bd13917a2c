// A letter "ALO1" to everybody who holds an office: what they alone may read, from somebody whom the letter does not name. To the
// protection officers an HR system sends one with each planned action, and a person who asks for protection sends one from outside
// of any mailbox. To the HR systems that carry out measures a case team sends one with each order. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALO1"
//        4    1  suite, 1
//        5    1  subject: 1 an adverse action, 2 a request for protection, 3 a measure order
//        6    2  zero
//        8   16  organisation
//       24   16  id of the action, the request or the order, drawn by who writes
//       40   32  commitment to the letter key
//       72    2  number of keys it is sealed to, 1 to 64
//       74  96n  for each: key id 16 of the encryption key, HPKE enc 32, letter key 32 and tag 16
//        +   4136 body: nonce 24, ciphertext 4096, tag 16
//
// Every letter to the same officers is of one size, whatever it says. No key stands twice. The letter key L is 32 random bytes;
// its commitment is HKDF(L, "alcove key commitment v1" 0x00 "alcove officer letter v1"), the key of the body HKDF(L, "alcove
// officer letter body v1" 0x00). HPKE's info is "alcove officer letter v1" 0x00 and the 40 bytes before the commitment, then the
// key id; its associated data is empty. The body's associated data is everything before it. So a letter opens as what it was
// written as, under its own id and nowhere else, and to all officers with the same words.
//
// Nothing in it is signed: an HR system is known by its session, who asks for protection says who they are inside, and an order
// must not tell which team it is from.
//
// Errors: those of errors.h. Threads: any; a parsed letter points into the bytes it was parsed from.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/ids.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::EncryptionKey;
using crypto::KeyId;

enum class LetterSubject : uint8_t {
  kAdverseAction = 1,
  kProtectionRequest = 2,
  kMeasureOrder = 3,
};

inline constexpr size_t kMaxOfficerKeys = 64;
// What a letter can say, in bytes.
inline constexpr size_t kMaxLetterText = 4095;
// Of a letter to so many keys.
constexpr size_t OfficerLetterSize(size_t keys) { return 74 + 96 * keys + 4136; }

struct ParsedOfficerLetter {
  LetterSubject subject = LetterSubject::kAdverseAction;
  OrganisationId organisation;
  // Of the adverse action, the request or the order, by `subject`.
  BytesView id;
  Digest key_commitment;
  uint16_t key_count = 0;
  BytesView keys;    // 96 bytes each
  BytesView header;  // everything before the body
  BytesView body;

  // `i` is below key_count.
  KeyId KeyAt(size_t i) const;
};

absl::StatusOr<ParsedOfficerLetter> ParseOfficerLetter(BytesView bytes);

// Draws the letter key, what HPKE draws for each officer's key in order, then the nonce of the body.
// INVALID_ARGUMENT when the text is too long, nobody is to read it, or a key stands twice or is refused by HPKE.
absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const AdverseActionId& action,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random);
absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const ProtectionRequestId& request,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random);
absl::StatusOr<Bytes> SealOfficerLetter(const OrganisationId& organisation, const MeasureOrderId& order,
                                        std::span<const EncryptionKey> officers, BytesView text, crypto::Random& random);

// kGrantMismatch when it is not sealed to this key.
absl::StatusOr<crypto::Plaintext> OpenOfficerLetter(const ParsedOfficerLetter& letter, const crypto::DecryptionKey& officer);

// The letter key L, by which an officer shows others what this letter says, and no other letter.
absl::StatusOr<crypto::SymmetricKey> LetterKeyOf(const ParsedOfficerLetter& letter, const crypto::DecryptionKey& officer);
// Whoever was handed L. kKeyCommitmentMismatch for another key.
absl::StatusOr<crypto::Plaintext> OpenOfficerLetter(const ParsedOfficerLetter& letter, const crypto::SymmetricKey& key);

}  // namespace alcove::format
