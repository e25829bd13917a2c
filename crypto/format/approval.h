// The request for an approval "ALR1": what one person asks several others to approve, signed by who asks, with the reason
// sealed to those who may decide. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALR1"
//        4    1  suite, 1
//        5    1  kind (kinds.h)
//        6    1  release condition of a new reader, GUEST or APPROVED; zero for every kind but ADD_READER
//        7    1  zero
//        8   16  organisation
//       24   16  case; zero for CONFIRM_CLOCK, and only there
//       40   16  approval, drawn by who asks
//       56   16  requester: key id of the Ed25519 key that signs
//       72    4  day of the request (day.h)
//       76    4  GUEST: the last day of the new reader. SHORTEN: the last day on which the case is kept. Zero for everything else
//       80    4  version of the directory in which the deciders' keys were found
//       84  1+n  person whom it concerns: length, slug; empty for every kind but ADD_READER and LIFT_WALL
//       +   1+n  code: length, then what the kind asks for
//                  CLOSE_CASE, CLOSE_UNREAD  why it is closed (`closing.reason`)
//                  RELEASE_IDENTITY          the legal basis (`identity.basis`)
//                  DELETE                    why it is deleted (`deleting.reason`)
//                  LIFT_HOLD                 which hold (`hold.reason`)
//                  REDACT                    the id of the entry: 26 characters of base32
//                  FALSE_REPORT              the id of the allegation: 26 characters of base32
//                empty for every other kind
//       +   32  SHA-256 of the sealed reason
//       +   64  signature over "alcove approval request v1" 0x00 and everything before it
//
// So far the statement: what a decision is about, and what is shown to those who may know that a person was added but not
// why. Then the sealed reason:
//
//        0   32  commitment to the reason key
//       32    2  number of deciders' keys, 1 to 64
//       34  96n  for each: key id 16 of the encryption key, HPKE enc 32, reason key 32 and tag 16
//        +    4  length of the body: 40 + a padded size (Padmé, at least 1024)
//        +    m  body: nonce 24, ciphertext, tag 16
//
// No key stands twice. The reason key R is 32 random bytes; its commitment is HKDF(R, "alcove key commitment v1" 0x00
// "alcove approval reason v1"), the key of the body HKDF(R, "alcove approval reason body v1" 0x00). HPKE's info is
// "alcove approval reason v1" 0x00 organisation case approval key-id, its associated data empty. The body's associated data is
// SHA-256 of the statement up to the hash, followed by everything of the sealed reason before the length.
//
// A decision is one code (kinds.h) with a signature over "alcove approval decision v1" 0x00 organisation 16, approval 16,
// SHA-256 of the statement 32, decision 1. So nobody can show a decision under another request than the one decided about.
// The reporter's answer to RELEASE_IDENTITY is the same under "alcove identity consent v1", by the mailbox's key.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::EncryptionKey;
using crypto::KeyId;
using crypto::Signature;

inline constexpr size_t kMaxApprovalRequestSize = 24576;
inline constexpr size_t kReasonFloor = 1024;
inline constexpr size_t kMaxReason = 8192;
inline constexpr size_t kMaxDeciders = 64;

// What is asked for, field by field.
struct ApprovalTerms {
  ApprovalKind kind = ApprovalKind::kAddReader;
  // Of a new reader, kGuest or kApproved. Not written, and kApproved when read, for every other kind.
  ReleaseCondition condition = ReleaseCondition::kApproved;
  OrganisationId organisation;
  CaseId case_id;
  ApprovalId approval;
  Day day;
  // A guest's last day, or the last on which a case is kept (SHORTEN); day 0 for everything else.
  Day until;
  uint32_t directory_version = 0;
  // A slug, or empty where the kind concerns nobody.
  std::string person;
  // 1 to 64 of [a-z0-9_.] where the kind has a code or names a thing (CodeIsId), else empty.
  std::string code;

  bool operator==(const ApprovalTerms&) const = default;
};

// Whether the terms of a kind name a person, and a code.
bool ConcernsAPerson(ApprovalKind kind);
bool HasCode(ApprovalKind kind);
// The kind's code is the id of an entry or an allegation, as `Text` of ids.h writes it.
bool CodeIsId(ApprovalKind kind);

// The first day on which a request that was approved on `approved` can be carried out.
Day FirstDayOf(ApprovalKind kind, Day approved);

// What everybody may see who may know of the request.
struct ParsedStatement {
  ApprovalTerms terms;
  KeyId requester;
  Digest reason_hash;
  Signature signature;
  // The statement itself, signature included.
  BytesView bytes;
};

struct ParsedApprovalRequest {
  ParsedStatement statement;
  Digest key_commitment;
  uint16_t decider_count = 0;
  // 96 bytes each.
  BytesView deciders;
  // Of the sealed reason, everything before the length of the body.
  BytesView reason_header;
  BytesView body;

  // `i` is below decider_count.
  KeyId DeciderAt(size_t i) const;
};

// The statement alone, with nothing after it.
absl::StatusOr<ParsedStatement> ParseStatement(BytesView bytes);

// Statement and reason; the reason is the one whose hash the statement quotes, kHashMismatch otherwise.
absl::StatusOr<ParsedApprovalRequest> ParseApprovalRequest(BytesView bytes);

// The requester's signature. kBadSignature also when `key` is not the one whose id stands in the statement.
absl::Status VerifyRequester(const ParsedStatement& statement, const crypto::VerifyKey& key);

// Draws the reason key, what HPKE draws for each decider in order, then the nonce of the body.
// INVALID_ARGUMENT when the terms break a rule of the layout, a decider stands twice or has a key that HPKE refuses, or the
// reason is longer than kMaxReason.
absl::StatusOr<Bytes> SealApprovalRequest(const ApprovalTerms& terms, std::span<const EncryptionKey> deciders,
                                          BytesView reason, const crypto::SigningKey& requester,
                                          crypto::Random& random);

// A decider reads the reason. kGrantMismatch when it is not sealed to this key.
absl::StatusOr<crypto::Plaintext> OpenReason(const ParsedApprovalRequest& request, const crypto::DecryptionKey& decider);

// Over the bytes of the statement that was read.
Signature SignDecision(const ParsedStatement& statement, Decision decision, const crypto::SigningKey& decider);
absl::Status VerifyDecision(const ParsedStatement& statement, Decision decision, const crypto::VerifyKey& decider,
                            const Signature& signature);

// The reporter's answer, by the mailbox's key. A decision of the staff is never one, nor the other way round.
Signature SignConsent(const ParsedStatement& statement, Decision decision, const crypto::SigningKey& mailbox);
absl::Status VerifyConsent(const ParsedStatement& statement, Decision decision, const crypto::VerifyKey& mailbox,
                           const Signature& signature);

}  // namespace alcove::format
