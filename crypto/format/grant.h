// The grant "ALG1": an epoch key wrapped to one person. 108 bytes; all integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALG1"
//        4    1  suite, 1: HPKE base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180)
//        5    1  keyring (kinds.h)
//        6    1  release condition (kinds.h)
//        7    1  zero
//        8    4  epoch
//       12   16  recipient: key id of the encryption key
//       28   32  enc, the HPKE encapsulated key
//       60   48  epoch key 32 and tag 16
//
// HPKE's info is "alcove grant v1" 0x00 organisation 16 case 16 keyring 1 epoch 4 recipient 16 condition 1, its associated
// data the first 28 bytes. Organisation and case do not stand in the grant: it opens only for whoever knows them.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "crypto/bytes.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/epoch.h"

namespace alcove::format {

inline constexpr size_t kGrantSize = 108;

struct ParsedGrant {
  Keyring keyring = Keyring::kThread;
  ReleaseCondition condition = ReleaseCondition::kAssigned;
  uint32_t epoch = 0;
  KeyId recipient;
  EncryptionKey enc;
  // 48 bytes.
  BytesView sealed_key;
  BytesView bytes;
};

// No allocation.
absl::StatusOr<ParsedGrant> ParseGrant(BytesView bytes);

// SHA-256 of the grant: what the epoch record lists.
Digest GrantHash(BytesView grant);

// Wraps the key to one person. INVALID_ARGUMENT for a key of low order or all zero.
absl::StatusOr<Bytes> WrapGrant(const EpochScope& scope, const EpochKey& key, const EncryptionKey& to,
                                ReleaseCondition condition, crypto::Random& random);

// Opens a grant that `epoch` lists, and checks the key against the record's commitment.
// kGrantMismatch when the record does not list these bytes for the holder of `mine`; kCannotOpen when decryption fails;
// kKeyCommitment when the maker wrapped another key to this reader than to the others: the caller reports a bad grant.
absl::StatusOr<EpochKey> OpenGrant(const ParsedGrant& grant, const ParsedEpoch& epoch, const crypto::DecryptionKey& mine);

// Opens a grant on condition GUEST or APPROVED that was made after `epoch`, for somebody who was approved later: the record
// does not list it, and its maker is whoever carried the approval out. The key is checked against the record's commitment
// all the same. Errors as OpenGrant's; kGrantMismatch for any other condition.
absl::StatusOr<EpochKey> OpenAddedGrant(const ParsedGrant& grant, const ParsedEpoch& epoch,
                                        const crypto::DecryptionKey& mine);

}  // namespace alcove::format
