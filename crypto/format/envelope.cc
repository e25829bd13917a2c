#include "crypto/format/envelope.h"

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/padme.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "envelope";
constexpr std::string_view kMagic = "ALC1";
constexpr uint8_t kSuite = 1;
constexpr std::string_view kSignatureLabel = "alcove entry v1";
constexpr std::string_view kBodyLabel = "alcove content body v1";
constexpr std::string_view kCommitmentContext = "alcove content v1";
// What the content key's seal is bound to: part A up to the seal itself.
constexpr size_t kBoundHeader = 248;
constexpr size_t kSignedSize = 356;

// The rules between fields; the ranges of single fields are the types' and the parser's.
absl::Status CheckContext(const EnvelopeContext& c) {
  if (c.day.number() > Day::kMax) return Malformed(kLayout, "day");
  if (c.epoch_record_hash.IsZero()) return Malformed(kLayout, "epoch record hash");
  if (c.previous.IsZero() != (c.sequence == 0)) return Malformed(kLayout, "previous entry");
  if (c.leaf_head.IsZero() != (c.leaf_count == 0)) return Malformed(kLayout, "head of leaves");
  return absl::OkStatus();
}

EpochScope ScopeOf(const EnvelopeContext& c) {
  return {.organisation = c.organisation, .case_id = c.case_id, .keyring = c.keyring, .number = c.epoch};
}

// The body is there, whole, or it is redacted, wholly.
absl::StatusOr<ParsedEnvelope> Parse(BytesView bytes, bool redacted) {
  if (bytes.size() > kMaxEnvelopeSize) return Malformed(kLayout, "length");
  ByteReader reader(bytes);
  ParsedEnvelope e;
  e.bytes = bytes;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  uint8_t kind = reader.U8();
  if (!IsEntryKind(kind)) return Malformed(kLayout, "kind");
  uint8_t keyring = reader.U8();
  if (!IsKeyring(keyring)) return Malformed(kLayout, "keyring");
  reader.ExpectZero(1);
  EnvelopeContext& c = e.context;
  c.kind = static_cast<EntryKind>(kind);
  c.keyring = static_cast<Keyring>(keyring);
  c.organisation = reader.Fixed<OrganisationId>();
  c.case_id = reader.Fixed<CaseId>();
  c.entry = reader.Fixed<EntryId>();
  c.epoch = reader.U32();
  c.sequence = reader.U32();
  c.day = Day(reader.U32());
  c.author = reader.Fixed<KeyId>();
  c.epoch_record_hash = reader.Fixed<Digest>();
  c.previous = reader.Fixed<Digest>();
  c.leaf_count = reader.U32();
  c.leaf_head = reader.Fixed<Digest>();
  c.blobs_hash = reader.Fixed<Digest>();
  e.key_commitment = reader.Fixed<Digest>();
  e.sealed_content_key = reader.Raw(72);
  uint32_t body_length = reader.U32();
  e.body_hash = reader.Fixed<Digest>();
  e.signature = reader.Fixed<Signature>();
  if (!reader.ok()) return Malformed(kLayout, "length");
  e.header = bytes.substr(0, kEnvelopeHeaderSize);
  e.prefix = bytes.substr(0, kEnvelopePrefixSize);
  if (!redacted) e.body = reader.Raw(body_length);
  if (!reader.done()) return Malformed(kLayout, "body length");
  if (body_length < crypto::kSealOverhead + kBodyFloor) return Malformed(kLayout, "body size class");
  uint64_t padded = body_length - crypto::kSealOverhead;
  if (padded != crypto::PaddedSize(padded, kBodyFloor) || padded > crypto::PaddedSize(kMaxPlaintext + 1, kBodyFloor)) {
    return Malformed(kLayout, "body size class");
  }
  if (auto status = CheckContext(c); !status.ok()) return status;
  return e;
}

}  // namespace

absl::StatusOr<ParsedEnvelope> ParseEnvelope(BytesView bytes) { return Parse(bytes, false); }

absl::StatusOr<ParsedEnvelope> ParseRedacted(BytesView bytes) { return Parse(bytes, true); }

absl::StatusOr<ParsedEnvelope> ParseKept(BytesView bytes) { return Parse(bytes, IsRedacted(bytes)); }

absl::Status CheckBody(const ParsedEnvelope& envelope) {
  if (crypto::Blake2b256(envelope.body) != envelope.body_hash) return HashMismatch(kLayout, "body");
  return absl::OkStatus();
}

absl::Status VerifyAuthor(const ParsedEnvelope& envelope, const VerifyKey& author) {
  if (crypto::KeyIdOf(author) != envelope.context.author) return BadSignature(kLayout);
  if (!crypto::Verify(author, kSignatureLabel, envelope.prefix.substr(0, kSignedSize), envelope.signature).ok()) {
    return BadSignature(kLayout);
  }
  return absl::OkStatus();
}

Digest EntryHash(const ParsedEnvelope& envelope) { return crypto::Sha256(envelope.prefix); }

absl::Status CheckEpoch(const ParsedEnvelope& envelope, const ParsedEpoch& epoch) {
  if (epoch.scope != ScopeOf(envelope.context) || EpochRecordHash(epoch.bytes) != envelope.context.epoch_record_hash) {
    return HashMismatch(kLayout, "epoch record");
  }
  return absl::OkStatus();
}

absl::Status CheckNewEpoch(const ParsedEnvelope& envelope, const ParsedEpoch& epoch) {
  if (auto status = CheckEpoch(envelope, epoch); !status.ok()) return status;
  if (epoch.maker != envelope.context.author) return BadSignature("epoch record");
  return absl::OkStatus();
}

Digest BlobsHash(std::span<const NamedBlob> blobs) {
  if (blobs.empty()) return Digest();
  ByteWriter list(15 + 20 * blobs.size());
  list.Raw("alcove blobs v1").U8(0);
  for (const NamedBlob& blob : blobs) list.Fixed(blob.blob).U32(blob.size);
  return crypto::Sha256(list.bytes());
}

absl::StatusOr<Bytes> SealEnvelope(const EnvelopeContext& context, const EpochKey& epoch_key,
                                   const crypto::SigningKey& author, BytesView plaintext, crypto::Random& random) {
  if (plaintext.size() > kMaxPlaintext) return Malformed(kLayout, "length of the text");
  EnvelopeContext c = context;
  c.author = crypto::KeyIdOf(author.verify_key());
  if (auto status = CheckContext(c); !status.ok()) return status;

  auto content_key = crypto::SymmetricKey::Draw(random);
  ByteWriter out(kEnvelopePrefixSize + kBodyFloor + plaintext.size() * 9 / 8 + 64);
  out.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(c.kind)).U8(static_cast<uint8_t>(c.keyring)).U8(0);
  out.Fixed(c.organisation).Fixed(c.case_id).Fixed(c.entry);
  out.U32(c.epoch).U32(c.sequence).U32(c.day.number());
  out.Fixed(c.author).Fixed(c.epoch_record_hash).Fixed(c.previous);
  out.U32(c.leaf_count).Fixed(c.leaf_head).Fixed(c.blobs_hash);
  out.Fixed(crypto::Commitment(content_key, kCommitmentContext));
  out.Raw(crypto::Seal(EpochContentKey(epoch_key, ScopeOf(c)), content_key.expose(),
                       crypto::AssociatedData(BytesView(out.bytes()).substr(0, kBoundHeader)), random));
  Digest header_hash = crypto::Sha256(out.bytes());
  Bytes body = crypto::Seal(crypto::DeriveKey(content_key, kBodyLabel), crypto::Pad(plaintext, kBodyFloor),
                            crypto::AssociatedData(header_hash.view()), random);
  out.U32(static_cast<uint32_t>(body.size())).Fixed(crypto::Blake2b256(body));
  out.Fixed(crypto::Sign(author, kSignatureLabel, out.bytes()));
  out.Raw(body);
  return out.Take();
}

absl::StatusOr<crypto::SymmetricKey> ContentKeyOf(const ParsedEnvelope& envelope, const EpochKey& epoch_key) {
  auto raw_key = crypto::Open(EpochContentKey(epoch_key, ScopeOf(envelope.context)), envelope.sealed_content_key,
                              crypto::AssociatedData(envelope.header.substr(0, kBoundHeader)));
  if (!raw_key.ok()) return CannotOpen(kLayout);
  auto content_key = crypto::SymmetricKey::FromBytes(raw_key->view());
  if (!content_key.ok()) return CannotOpen(kLayout);
  if (crypto::Commitment(*content_key, kCommitmentContext) != envelope.key_commitment) {
    return KeyCommitmentMismatch(kLayout);
  }
  return content_key;
}

absl::StatusOr<crypto::Plaintext> OpenWithContentKey(const ParsedEnvelope& envelope,
                                                     const crypto::SymmetricKey& content_key) {
  if (auto status = CheckBody(envelope); !status.ok()) return status;
  if (crypto::Commitment(content_key, kCommitmentContext) != envelope.key_commitment) {
    return KeyCommitmentMismatch(kLayout);
  }
  auto padded = crypto::Open(crypto::DeriveKey(content_key, kBodyLabel), envelope.body,
                             crypto::AssociatedData(crypto::Sha256(envelope.header).view()));
  if (!padded.ok()) return CannotOpen(kLayout);
  auto text = crypto::Unpad(padded->view(), kBodyFloor);
  if (!text.ok()) return Malformed(kLayout, "padding");
  padded->bytes.resize(text->size());
  return std::move(*padded);
}

absl::StatusOr<crypto::Plaintext> OpenEnvelope(const ParsedEnvelope& envelope, const EpochKey& epoch_key) {
  if (auto status = CheckBody(envelope); !status.ok()) return status;
  auto content_key = ContentKeyOf(envelope, epoch_key);
  if (!content_key.ok()) return content_key.status();
  return OpenWithContentKey(envelope, *content_key);
}

absl::Status EntryChain::Append(const ParsedEnvelope& envelope) {
  const EnvelopeContext& c = envelope.context;
  if (c.organisation != organisation_ || c.case_id != case_ || c.keyring != keyring_) {
    return BrokenChain("an entry belongs to another organisation, case or keyring");
  }
  if (c.sequence != length_) return BrokenChain("an entry is missing, repeated or out of order");
  if (c.previous != head_) return BrokenChain("an entry does not continue the one before it");
  if (c.epoch < epoch_) return BrokenChain("an entry falls back to an earlier epoch");
  epoch_ = c.epoch;
  ++length_;
  head_ = EntryHash(envelope);
  return absl::OkStatus();
}

}  // namespace alcove::format
