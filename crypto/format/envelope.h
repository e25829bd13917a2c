// The envelope "ALC1": one sealed entry of a case. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALC1"
//        4    1  suite, 1
//        5    1  kind of entry (kinds.h)
//        6    1  keyring (kinds.h)
//        7    1  zero
//        8   16  organisation
//       24   16  case
//       40   16  entry, drawn by the author
//       56    4  epoch, from 0
//       60    4  sequence within the keyring, from 0
//       64    4  day of writing (day.h)
//       68   16  author: key id of the Ed25519 key that signs
//       84   32  SHA-256 of the record of that epoch (epoch.h)
//      116   32  previous: entry hash of sequence - 1 of this keyring; zero at sequence 0, and only there
//      148    4  number of leaves in the case's chain that the author has seen
//      152   32  head of that chain; zero when the number is 0, and only then
//      184   32  hash of the list of named blobs (BlobsHash); zero when there are none
//      216   32  commitment to the content key
//      248   72  content key, sealed under the epoch key: nonce 24, ciphertext 32, tag 16        = part A, 320 bytes
//      320    4  length of the body: 40 + a padded size (Padmé, at least 4096)
//      324   32  BLAKE2b-256 of the body                                                         = part B, 36 bytes
//      356   64  Ed25519 over "alcove entry v1" 0x00 A B
//      420    n  body: nonce 24, ciphertext, tag 16                                              n as at 320
//
// The body is XChaCha20-Poly1305 over the padded text, with SHA-256(A) as associated data. Content key K is 32 random
// bytes used for nothing else: HKDF-SHA256(salt empty, ikm K, info "alcove key commitment v1" 0x00 "alcove content v1") is
// the commitment, info "alcove content body v1" 0x00 the key of the body. K is sealed under the epoch's content key
// (epoch.h) with the first 248 bytes of A as associated data.
// The entry hash is SHA-256(A B signature): it names the body by its hash, so it can be computed without the body.
//
// A *redacted* entry is the first 420 bytes of its envelope: A B signature, without the body. Hash, chain and signature check as
// before, because they never covered the body but by its hash; it is gone for whoever has not kept it. No author can send one:
// ParseEnvelope refuses it, and only what was kept or is read back goes through ParseKept.
//
// The server checks form, signature and hashes and can do no more: nothing here needs or gives a key to the content.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from and must not outlive them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <span>

#include "crypto/aead.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "crypto/format/day.h"
#include "crypto/format/epoch.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"

namespace alcove::format {

inline constexpr size_t kEnvelopeHeaderSize = 320;
inline constexpr size_t kEnvelopePrefixSize = 420;
inline constexpr size_t kBodyFloor = 4096;
inline constexpr size_t kMaxEnvelopeSize = 196608;
// The text of an entry: 128 KiB.
inline constexpr size_t kMaxPlaintext = 131072;

// What an envelope is bound to. Filled by the author; every field is under the signature.
struct EnvelopeContext {
  EntryKind kind = EntryKind::kMessage;
  Keyring keyring = Keyring::kThread;
  OrganisationId organisation;
  CaseId case_id;
  EntryId entry;
  uint32_t epoch = 0;
  uint32_t sequence = 0;
  Day day;
  // Sealing fills this from the signing key.
  KeyId author;
  Digest epoch_record_hash;
  Digest previous;
  uint32_t leaf_count = 0;
  Digest leaf_head;
  Digest blobs_hash;
};

struct ParsedEnvelope {
  EnvelopeContext context;
  Digest key_commitment;
  // 72 bytes.
  BytesView sealed_content_key;
  // Part A: 320 bytes.
  BytesView header;
  // A B signature: 420 bytes; what the entry hash covers.
  BytesView prefix;
  Digest body_hash;
  Signature signature;
  BytesView body;
  // Everything.
  BytesView bytes;
};

// Checks magic, suite, codes, zero bytes, lengths, size class of the body, and that the fields which must or must not be
// zero are. No hash, no signature, no allocation.
absl::StatusOr<ParsedEnvelope> ParseEnvelope(BytesView bytes);

// The same for an entry that was redacted: exactly kEnvelopePrefixSize bytes, `body` empty. CheckBody and OpenEnvelope then
// fail with kHashMismatch, everything else holds.
absl::StatusOr<ParsedEnvelope> ParseRedacted(BytesView bytes);

constexpr bool IsRedacted(BytesView bytes) { return bytes.size() == kEnvelopePrefixSize; }

// Either of the two, by its size: for entries that are kept or read back.
absl::StatusOr<ParsedEnvelope> ParseKept(BytesView bytes);

// The body is the one that part B names. One BLAKE2b pass over the body.
absl::Status CheckBody(const ParsedEnvelope& envelope);

// The header names `author`, and the signature is theirs. One Ed25519 verification.
absl::Status VerifyAuthor(const ParsedEnvelope& envelope, const VerifyKey& author);

Digest EntryHash(const ParsedEnvelope& envelope);

// The record is the one that the entry quotes: same organisation, case, keyring and number, and the hash. kHashMismatch
// otherwise. CheckNewEpoch, for the entry that brings the record, also asks that its maker is the entry's author.
absl::Status CheckEpoch(const ParsedEnvelope& envelope, const ParsedEpoch& epoch);
absl::Status CheckNewEpoch(const ParsedEnvelope& envelope, const ParsedEpoch& epoch);

struct NamedBlob {
  BlobId blob;
  // Bytes of ciphertext.
  uint32_t size = 0;
};
// SHA-256("alcove blobs v1" 0x00, then for each blob in order: id 16, size 4); zero for an empty list.
Digest BlobsHash(std::span<const NamedBlob> blobs);

// Seals `plaintext` (at most kMaxPlaintext bytes) as a new entry, signed by `author`. `context.author` is ignored.
// Draws 32 + 24 + 24 bytes, in the order content key, nonce of the content key, nonce of the body.
// INVALID_ARGUMENT when the context breaks a rule that ParseEnvelope checks, or the text is too long.
absl::StatusOr<Bytes> SealEnvelope(const EnvelopeContext& context, const EpochKey& epoch_key,
                                   const crypto::SigningKey& author, BytesView plaintext, crypto::Random& random);

// Checks the body's hash and the commitment, decrypts, removes the padding. It does not check the signature: VerifyAuthor
// does, with a key that the caller knows from the directory or the mailbox.
absl::StatusOr<crypto::Plaintext> OpenEnvelope(const ParsedEnvelope& envelope, const EpochKey& epoch_key);

// The content key of one entry alone: with it anybody can open that entry and check it against the header's commitment, and open
// no other. An export hands it on; nothing else takes it out of its seal.
// kCannotOpen, kKeyCommitment.
absl::StatusOr<crypto::SymmetricKey> ContentKeyOf(const ParsedEnvelope& envelope, const EpochKey& epoch_key);

// The same as OpenEnvelope, with the content key.
absl::StatusOr<crypto::Plaintext> OpenWithContentKey(const ParsedEnvelope& envelope, const crypto::SymmetricKey& content_key);

// The chain of one keyring's entries, checked from the first on.
class EntryChain {
 public:
  EntryChain(const OrganisationId& organisation, const CaseId& case_id, Keyring keyring)
      : organisation_(organisation), case_(case_id), keyring_(keyring) {}

  // kBrokenChain unless the entry belongs to this organisation, case and keyring, is the next in sequence, quotes the head,
  // and its epoch does not go back.
  absl::Status Append(const ParsedEnvelope& envelope);

  uint32_t length() const { return length_; }
  // Hash of the last entry; zero before the first.
  const Digest& head() const { return head_; }

 private:
  OrganisationId organisation_;
  CaseId case_;
  Keyring keyring_;
  uint32_t length_ = 0;
  uint32_t epoch_ = 0;
  Digest head_;
};

}  // namespace alcove::format
