// The epoch record "ALE1": one generation of a keyring's key, with its readers. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALE1"
//        4    1  suite, 1
//        5    1  keyring (kinds.h)
//        6    2  zero
//        8   16  organisation
//       24   16  case
//       40    4  number, from 0
//       44   32  commitment to the epoch key
//       76   72  previous epoch's key, sealed under this one: nonce 24, ciphertext 32, tag 16; all zero for number 0, and only there
//      148   16  maker: key id of the Ed25519 key that signs the entry which brings the record
//      164    4  version of the directory in which the maker found the readers' keys
//      168    2  number of readers, 1 to 64
//      170  49n  for each reader: key id 16 of the encryption key, release condition 1, SHA-256 of the grant (grant.h) 32
//
// No key stands twice. In THREAD the first reader is the mailbox, and no other has condition MAILBOX; TEAM has none.
// The record carries no signature of its own: the entry that brings it quotes its hash, under its author's signature, and
// the server and every reader require maker = author. One Ed25519 verification a write.
//
// The epoch key E is 32 random bytes. Everything under it uses a key of its own, HKDF-SHA256(salt empty, ikm E, info)
// of 32 bytes, where S = organisation 16, case 16, keyring 1, number 4:
//   "alcove key commitment v1" 0x00 "alcove epoch v1" 0x00 S   the commitment
//   "alcove epoch content v1" 0x00 S     seals content keys (envelope.h)
//   "alcove epoch previous v1" 0x00 S    seals the previous epoch's key, with bytes 0 to 75 of the record as associated data
//   "alcove epoch identity v1" 0x00 S    of THREAD epoch 0 goes into the inner key of a sealed identity (identity.h)
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::EncryptionKey;
using crypto::KeyId;
using crypto::Signature;
using crypto::VerifyKey;

// The key that an epoch's grants wrap.
struct EpochKeyTag { static constexpr std::string_view kName = "epoch key"; };
using EpochKey = crypto::Secret<32, EpochKeyTag>;

inline constexpr size_t kEpochPrefixSize = 170;
inline constexpr size_t kEpochReaderSize = 49;
inline constexpr size_t kMaxReaders = 64;

// Which key: everything that a grant and an epoch record are bound to.
struct EpochScope {
  OrganisationId organisation;
  CaseId case_id;
  Keyring keyring = Keyring::kThread;
  uint32_t number = 0;

  bool operator==(const EpochScope&) const = default;
};

struct EpochReader {
  KeyId key;
  ReleaseCondition condition = ReleaseCondition::kAssigned;
  Digest grant_hash;
};

struct ParsedEpoch {
  EpochScope scope;
  Digest key_commitment;
  // 72 bytes.
  BytesView sealed_previous_key;
  KeyId maker;
  uint32_t directory_version = 0;
  uint16_t reader_count = 0;
  // 49 bytes each.
  BytesView readers;
  BytesView bytes;

  // `i` is below reader_count.
  EpochReader ReaderAt(size_t i) const;
};

// Checks everything the table above says that needs no key. No allocation.
absl::StatusOr<ParsedEpoch> ParseEpoch(BytesView bytes);

// SHA-256 of the record: what an envelope quotes.
Digest EpochRecordHash(BytesView record);

// The grants that came with a record are exactly those that it lists, in its order: count, scope, recipient, condition, hash.
// kGrantMismatch otherwise. One SHA-256 of 108 bytes a grant.
absl::Status CheckGrants(const ParsedEpoch& epoch, std::span<const BytesView> grants);

// To whom a new epoch is granted.
struct Recipient {
  EncryptionKey key;
  ReleaseCondition condition = ReleaseCondition::kAssigned;
};

struct NewEpoch {
  EpochKey key;
  // ALE1.
  Bytes record;
  // ALG1, in the record's order.
  std::vector<Bytes> grants;
};

// Makes an epoch. `previous` is the key of number - 1: given exactly when the number is not 0.
// Draws 32 bytes for the key, then what HPKE draws for each grant in order, then 24 for the nonce of the previous key.
// INVALID_ARGUMENT when scope or recipients break a rule of the layout, or a recipient's key is one that HPKE refuses.
absl::StatusOr<NewEpoch> MakeEpoch(const EpochScope& scope, std::span<const Recipient> recipients,
                                   const EpochKey* previous, const KeyId& maker, uint32_t directory_version,
                                   crypto::Random& random);

// The key is the one that the record commits to; kKeyCommitment otherwise.
absl::Status CheckEpochKey(const ParsedEpoch& epoch, const EpochKey& key);

// Opens the key of `older` from `newer`, its successor in the same keyring, and checks it against `older`'s commitment.
absl::StatusOr<EpochKey> OpenPreviousKey(const ParsedEpoch& newer, const EpochKey& newer_key, const ParsedEpoch& older);

// The keys derived from an epoch key, by use.
crypto::SymmetricKey EpochContentKey(const EpochKey& key, const EpochScope& scope);
crypto::SymmetricKey EpochIdentityKey(const EpochKey& thread_epoch_0, const EpochScope& scope);

}  // namespace alcove::format
