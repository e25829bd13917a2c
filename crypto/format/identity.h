// The sealed identity "ALI1": who the reporter is, apart from the report. It opens only with k of n custodians' shares
// and the key of THREAD epoch 0. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALI1"
//        4    1  suite, 1
//        5    1  threshold k, 2 to n
//        6    1  custodians n, 2 to 16
//        7    1  zero
//        8   16  organisation
//       24   16  case
//       40    4  version of the directory in which the custodians' keys were found
//       44   32  commitment to the inner key
//       76  96n  for each custodian i = 1..n: key id 16, HPKE enc 32, share 32 and tag 16
//        +    4  length of the body: 40 + a padded size (Padmé, at least 1024)
//        +    m  body: nonce 24, ciphertext, tag 16
//
// The shared secret S is a random scalar of ristretto255 split by Shamir over the scalar field at x = 1..n.
// HPKE's info for share i is "alcove identity share v1" 0x00 organisation case key-id k n i, its associated data empty.
// The inner key I is HKDF-SHA256(salt empty, ikm S followed by the identity key of THREAD epoch 0 (epoch.h),
// info "alcove identity v1" 0x00 organisation case); its commitment HKDF(I, "alcove key commitment v1" 0x00
// "alcove identity v1"), the key of the body HKDF(I, "alcove identity body v1" 0x00). The body is XChaCha20-Poly1305 with SHA-256 of everything before the length as associated data.
//
// For a requester a custodian opens their share and wraps it again: share.h.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/aead.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/shamir.h"
#include "crypto/format/epoch.h"
#include "crypto/format/ids.h"

namespace alcove::format {

inline constexpr size_t kMaxIdentitySize = 16384;
inline constexpr size_t kIdentityFloor = 1024;
inline constexpr size_t kMaxIdentityPlaintext = 8192;
inline constexpr size_t kMaxCustodians = 16;

// One custodian's share of one identity, in the clear: never leaves the custodian's device but re-wrapped.
using IdentityShare = crypto::ShamirShare;

// One custodian's line of a sealed identity with what it is bound to: all that their device needs to open the share.
struct HeldShare {
  OrganisationId organisation;
  CaseId case_id;
  uint8_t threshold = 0;
  uint8_t custodians = 0;
  uint8_t index = 0;  // 1 to custodians
  // kHeldShareSize bytes: HPKE enc, share and tag.
  BytesView sealed;
};
inline constexpr size_t kHeldShareSize = 80;

struct ParsedIdentity {
  uint8_t threshold = 0;
  uint8_t custodians = 0;
  OrganisationId organisation;
  CaseId case_id;
  uint32_t directory_version = 0;
  Digest key_commitment;
  // 96 bytes each.
  BytesView shares;
  // Everything before the length of the body.
  BytesView header;
  BytesView body;
  BytesView bytes;

  // `i` is below custodians; the share's index is i + 1.
  KeyId CustodianAt(size_t i) const;
  HeldShare ShareAt(size_t i) const;
};

// No allocation.
absl::StatusOr<ParsedIdentity> ParseIdentity(BytesView bytes);

// Draws the secret, the polynomial and what HPKE draws for each share, then the nonce of the body.
// INVALID_ARGUMENT when k and n are out of range, a custodian stands twice, or the text is longer than kMaxIdentityPlaintext.
absl::StatusOr<Bytes> SealIdentity(const OrganisationId& organisation, const CaseId& case_id,
                                   std::span<const EncryptionKey> custodians, uint8_t threshold,
                                   uint32_t directory_version, const EpochKey& thread_epoch_0, BytesView plaintext,
                                   crypto::Random& random);

// A custodian's own share. kGrantMismatch when there is none for this key.
absl::StatusOr<IdentityShare> OpenIdentityShare(const ParsedIdentity& identity, const crypto::DecryptionKey& custodian);

// The same from the one line. kCannotOpen when it is not of this key, this case, or this place in it.
absl::StatusOr<IdentityShare> OpenHeldShare(const HeldShare& held, const crypto::DecryptionKey& custodian);

// Needs exactly `threshold` shares of different indices. A wrong share shows as kKeyCommitment.
absl::StatusOr<crypto::Plaintext> OpenIdentity(const ParsedIdentity& identity, std::span<const IdentityShare> shares,
                                               const EpochKey& thread_epoch_0);

}  // namespace alcove::format
