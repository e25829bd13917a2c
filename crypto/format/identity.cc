#include "crypto/format/identity.h"

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/hpke.h"
#include "crypto/padme.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "sealed identity";
constexpr std::string_view kMagic = "ALI1";
constexpr uint8_t kSuite = 1;
constexpr size_t kPrefix = 76;
constexpr size_t kShareSize = 96;
constexpr std::string_view kBodyLabel = "alcove identity body v1";
constexpr std::string_view kCommitmentContext = "alcove identity v1";

Bytes ShareInfo(const OrganisationId& organisation, const CaseId& case_id, const KeyId& custodian, uint8_t threshold,
                uint8_t custodians, uint8_t index) {
  return ByteWriter(80)
      .Raw("alcove identity share v1")
      .U8(0)
      .Fixed(organisation)
      .Fixed(case_id)
      .Fixed(custodian)
      .U8(threshold)
      .U8(custodians)
      .U8(index)
      .Take();
}

crypto::SymmetricKey InnerKey(const crypto::ShamirSecret& secret, const EpochKey& thread_epoch_0,
                              const OrganisationId& organisation, const CaseId& case_id) {
  EpochScope scope{.organisation = organisation, .case_id = case_id, .keyring = Keyring::kThread, .number = 0};
  crypto::SecretText both(secret.expose());
  both.Append(EpochIdentityKey(thread_epoch_0, scope).expose());
  ByteWriter info(64);
  info.Raw("alcove identity v1").U8(0).Fixed(organisation).Fixed(case_id);
  auto key = crypto::HkdfSha256({}, both.expose(), info.bytes(), 32);
  return *crypto::SymmetricKey::FromBytes(key->view());
}

}  // namespace

KeyId ParsedIdentity::CustodianAt(size_t i) const {
  return *KeyId::FromBytes(shares.substr(i * kShareSize, KeyId::kSize));
}

HeldShare ParsedIdentity::ShareAt(size_t i) const {
  return {.organisation = organisation,
          .case_id = case_id,
          .threshold = threshold,
          .custodians = custodians,
          .index = static_cast<uint8_t>(i + 1),
          .sealed = shares.substr(i * kShareSize + KeyId::kSize, kHeldShareSize)};
}

absl::StatusOr<ParsedIdentity> ParseIdentity(BytesView bytes) {
  if (bytes.size() > kMaxIdentitySize) return Malformed(kLayout, "length");
  ByteReader reader(bytes);
  ParsedIdentity p;
  p.bytes = bytes;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  p.threshold = reader.U8();
  p.custodians = reader.U8();
  reader.ExpectZero(1);
  p.organisation = reader.Fixed<OrganisationId>();
  p.case_id = reader.Fixed<CaseId>();
  p.directory_version = reader.U32();
  p.key_commitment = reader.Fixed<Digest>();
  if (!reader.ok()) return Malformed(kLayout, "length");
  if (p.custodians > kMaxCustodians || p.threshold < 2 || p.threshold > p.custodians) {
    return Malformed(kLayout, "number of custodians");
  }
  p.shares = reader.Raw(p.custodians * kShareSize);
  p.header = bytes.substr(0, kPrefix + p.custodians * kShareSize);
  uint32_t body_length = reader.U32();
  if (!reader.ok()) return Malformed(kLayout, "length");
  p.body = reader.Raw(body_length);
  if (!reader.done() || body_length < crypto::kSealOverhead + kIdentityFloor) return Malformed(kLayout, "body length");
  uint64_t padded = body_length - crypto::kSealOverhead;
  if (padded != crypto::PaddedSize(padded, kIdentityFloor)) return Malformed(kLayout, "body size class");
  for (size_t i = 0; i < p.custodians; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (p.CustodianAt(i) == p.CustodianAt(j)) return Malformed(kLayout, "custodian named twice");
    }
  }
  return p;
}

absl::StatusOr<Bytes> SealIdentity(const OrganisationId& organisation, const CaseId& case_id,
                                   std::span<const EncryptionKey> custodians, uint8_t threshold,
                                   uint32_t directory_version, const EpochKey& thread_epoch_0, BytesView plaintext,
                                   crypto::Random& random) {
  if (custodians.size() > kMaxCustodians || threshold < 2 || threshold > custodians.size()) {
    return Malformed(kLayout, "number of custodians");
  }
  if (plaintext.size() > kMaxIdentityPlaintext) return Malformed(kLayout, "length of the text");
  for (size_t i = 0; i < custodians.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (custodians[i] == custodians[j]) return Malformed(kLayout, "custodian named twice");
    }
  }
  uint8_t count = static_cast<uint8_t>(custodians.size());
  auto secret = crypto::DrawShamirSecret(random);
  auto shares = crypto::SplitSecret(secret, threshold, count, random);
  if (!shares.ok()) return shares.status();
  auto inner = InnerKey(secret, thread_epoch_0, organisation, case_id);

  ByteWriter out(kPrefix + kShareSize * count + kIdentityFloor + plaintext.size() + 256);
  out.Raw(kMagic).U8(kSuite).U8(threshold).U8(count).U8(0).Fixed(organisation).Fixed(case_id).U32(directory_version);
  out.Fixed(crypto::Commitment(inner, kCommitmentContext));
  for (uint8_t i = 0; i < count; ++i) {
    KeyId id = crypto::KeyIdOf(custodians[i]);
    const crypto::ShamirShare& share = (*shares)[i];
    auto sealed = crypto::HpkeSeal(custodians[i], ShareInfo(organisation, case_id, id, threshold, count, share.index),
                                   crypto::AssociatedData(), share.value.expose(), random);
    if (!sealed.ok()) return Malformed(kLayout, "custodian's key");
    out.Fixed(id).Fixed(sealed->enc).Raw(sealed->ciphertext);
  }
  Digest header_hash = crypto::Sha256(out.bytes());
  Bytes body = crypto::Seal(crypto::DeriveKey(inner, kBodyLabel), crypto::Pad(plaintext, kIdentityFloor),
                            crypto::AssociatedData(header_hash.view()), random);
  out.U32(static_cast<uint32_t>(body.size())).Raw(body);
  if (out.bytes().size() > kMaxIdentitySize) return Malformed(kLayout, "length");
  return out.Take();
}

absl::StatusOr<IdentityShare> OpenHeldShare(const HeldShare& held, const crypto::DecryptionKey& custodian) {
  ByteReader reader(held.sealed);
  crypto::HpkeSealed sealed;
  sealed.enc = reader.Fixed<EncryptionKey>();
  sealed.ciphertext = Bytes(reader.Raw(kHeldShareSize - EncryptionKey::kSize));
  if (!reader.done() || held.index < 1 || held.index > held.custodians) return CannotOpen(kLayout);
  auto raw = crypto::HpkeOpen(custodian, sealed,
                              ShareInfo(held.organisation, held.case_id, crypto::KeyIdOf(custodian.encryption_key()),
                                        held.threshold, held.custodians, held.index),
                              crypto::AssociatedData());
  if (!raw.ok()) return CannotOpen(kLayout);
  auto value = crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(raw->view());
  if (!value.ok()) return CannotOpen(kLayout);
  return IdentityShare{.index = held.index, .value = std::move(*value)};
}

absl::StatusOr<IdentityShare> OpenIdentityShare(const ParsedIdentity& identity, const crypto::DecryptionKey& custodian) {
  KeyId id = crypto::KeyIdOf(custodian.encryption_key());
  for (size_t i = 0; i < identity.custodians; ++i) {
    if (identity.CustodianAt(i) == id) return OpenHeldShare(identity.ShareAt(i), custodian);
  }
  return GrantMismatch("the identity has no share for this key");
}

absl::StatusOr<crypto::Plaintext> OpenIdentity(const ParsedIdentity& identity, std::span<const IdentityShare> shares,
                                               const EpochKey& thread_epoch_0) {
  if (shares.size() != identity.threshold) return GrantMismatch("an identity opens with exactly its threshold of shares");
  std::vector<crypto::ShamirShare> copies;
  copies.reserve(shares.size());
  for (const IdentityShare& share : shares) {
    if (share.index < 1 || share.index > identity.custodians) return GrantMismatch("a share is of no custodian");
    copies.push_back({.index = share.index, .value = share.value.Clone()});
  }
  auto secret = crypto::CombineShares(copies);
  if (!secret.ok()) return GrantMismatch("two shares of one custodian, or a share that is none");
  auto inner = InnerKey(*secret, thread_epoch_0, identity.organisation, identity.case_id);
  if (crypto::Commitment(inner, kCommitmentContext) != identity.key_commitment) return KeyCommitmentMismatch(kLayout);
  auto padded = crypto::Open(crypto::DeriveKey(inner, kBodyLabel), identity.body,
                             crypto::AssociatedData(crypto::Sha256(identity.header).view()));
  if (!padded.ok()) return CannotOpen(kLayout);
  auto text = crypto::Unpad(padded->view(), kIdentityFloor);
  if (!text.ok()) return Malformed(kLayout, "padding");
  padded->bytes.resize(text->size());
  return std::move(*padded);
}

}  // namespace alcove::format
