// The given share "ALS1": a custodian's share of a sealed identity (identity.h), wrapped again to the one device that asked
// for it, or handed over to another custodian who holds it from then on, signed by the custodian. 264 bytes; all integers are
// big-endian.
//
//   offset size  field
//        0    4  magic "ALS1"
//        4    1  suite, 1
//        5    1  index of the share, 1 to 16
//        6    2  zero
//        8   16  organisation
//       24   16  case
//       40   16  approval that asks for it; zero: it is handed over
//       56   32  SHA-256 of that request's statement (approval.h); zero: it is handed over
//       88   16  custodian: key id of the Ed25519 key that signs
//      104   16  recipient: key id of the X25519 key of the device that signed the request, or of the other custodian's
//      120   32  HPKE enc
//      152   48  share 32 and tag 16
//      200   64  signature over "alcove given share v1" 0x00 and everything before it
//
// HPKE's info is "alcove given share v1" 0x00 organisation case approval recipient index, its associated data the first 120
// bytes. So a share that was given for one request opens for no other, and nobody can hand on one of another custodian. One that
// is handed over answers no request: its new holder gives it as their own.
//
// The share inside cannot be checked by whoever has no share of their own: that it is the right one shows when the identity
// opens.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/approval.h"
#include "crypto/format/identity.h"
#include "crypto/format/ids.h"

namespace alcove::format {

inline constexpr size_t kGivenShareSize = 264;

struct ParsedShare {
  uint8_t index = 0;
  OrganisationId organisation;
  CaseId case_id;
  ApprovalId approval;
  Digest statement_hash;
  KeyId custodian;
  KeyId recipient;
  EncryptionKey enc;
  // 48 bytes.
  BytesView sealed;
  Signature signature;
  BytesView bytes;

  // It was given for this very request.
  bool IsFor(const ParsedStatement& statement) const;
  // Its custodian holds it no longer; whoever has the recipient's key does.
  bool IsHandedOver() const { return approval.IsZero(); }
};

// No allocation.
absl::StatusOr<ParsedShare> ParseShare(BytesView bytes);

// Wraps an opened share for the request. INVALID_ARGUMENT for an index out of range or a key that HPKE refuses.
absl::StatusOr<Bytes> GiveShare(const ParsedStatement& statement, const IdentityShare& share, const EncryptionKey& recipient,
                                const crypto::SigningKey& custodian, crypto::Random& random);

// Hands a share over. Errors as GiveShare.
absl::StatusOr<Bytes> HandShareOver(const OrganisationId& organisation, const CaseId& case_id, const IdentityShare& share,
                                    const EncryptionKey& recipient, const crypto::SigningKey& custodian, crypto::Random& random);

// The custodian's signature. kBadSignature also when `key` is not the one whose id stands in the share.
absl::Status VerifyShare(const ParsedShare& share, const crypto::VerifyKey& key);

// kGrantMismatch when it is wrapped to another key, kCannotOpen when it does not open.
absl::StatusOr<IdentityShare> OpenGivenShare(const ParsedShare& share, const crypto::DecryptionKey& recipient);

}  // namespace alcove::format
