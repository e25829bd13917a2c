#include "crypto/format/share.h"

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/sign.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "given share";
constexpr std::string_view kMagic = "ALS1";
constexpr std::string_view kLabel = "alcove given share v1";
constexpr uint8_t kSuite = 1;
constexpr size_t kHeader = 120;
constexpr size_t kSealedSize = 48;

Bytes Info(const OrganisationId& organisation, const CaseId& case_id, const ApprovalId& approval, const KeyId& recipient,
           uint8_t index) {
  return ByteWriter(96)
      .Raw(kLabel)
      .U8(0)
      .Fixed(organisation)
      .Fixed(case_id)
      .Fixed(approval)
      .Fixed(recipient)
      .U8(index)
      .Take();
}

// What a share is wrapped for.
struct Purpose {
  OrganisationId organisation;
  CaseId case_id;
  ApprovalId approval;
  Digest statement_hash;
};

absl::StatusOr<Bytes> Wrap(const Purpose& purpose, const IdentityShare& share, const EncryptionKey& recipient,
                           const crypto::SigningKey& custodian, crypto::Random& random) {
  if (share.index < 1 || share.index > kMaxCustodians) return Malformed(kLayout, "index");
  const KeyId to = crypto::KeyIdOf(recipient);
  ByteWriter out(kGivenShareSize);
  out.Raw(kMagic).U8(kSuite).U8(share.index).Zero(2).Fixed(purpose.organisation).Fixed(purpose.case_id).Fixed(purpose.approval);
  out.Fixed(purpose.statement_hash).Fixed(crypto::KeyIdOf(custodian.verify_key())).Fixed(to);
  auto sealed = crypto::HpkeSeal(recipient, Info(purpose.organisation, purpose.case_id, purpose.approval, to, share.index),
                                 crypto::AssociatedData(out.bytes()), share.value.expose(), random);
  if (!sealed.ok()) return Malformed(kLayout, "recipient's key");
  out.Fixed(sealed->enc).Raw(sealed->ciphertext);
  out.Fixed(crypto::Sign(custodian, kLabel, out.bytes()));
  return out.Take();
}

BytesView BeforeSignature(BytesView bytes) { return bytes.substr(0, kGivenShareSize - Signature::kSize); }

}  // namespace

bool ParsedShare::IsFor(const ParsedStatement& statement) const {
  return organisation == statement.terms.organisation && case_id == statement.terms.case_id &&
         approval == statement.terms.approval && statement_hash == crypto::Sha256(statement.bytes);
}

absl::StatusOr<ParsedShare> ParseShare(BytesView bytes) {
  if (bytes.size() != kGivenShareSize) return Malformed(kLayout, "length");
  ByteReader reader(bytes);
  ParsedShare p;
  p.bytes = bytes;
  reader.Expect(kMagic);
  const uint8_t suite = reader.U8();
  p.index = reader.U8();
  reader.ExpectZero(2);
  p.organisation = reader.Fixed<OrganisationId>();
  p.case_id = reader.Fixed<CaseId>();
  p.approval = reader.Fixed<ApprovalId>();
  p.statement_hash = reader.Fixed<Digest>();
  p.custodian = reader.Fixed<KeyId>();
  p.recipient = reader.Fixed<KeyId>();
  p.enc = reader.Fixed<EncryptionKey>();
  p.sealed = reader.Raw(kSealedSize);
  p.signature = reader.Fixed<Signature>();
  if (!reader.done() || suite != kSuite) return Malformed(kLayout, "magic or suite");
  if (p.index < 1 || p.index > kMaxCustodians) return Malformed(kLayout, "index");
  if (p.approval.IsZero() != p.statement_hash.IsZero()) return Malformed(kLayout, "approval");
  return p;
}

absl::StatusOr<Bytes> GiveShare(const ParsedStatement& statement, const IdentityShare& share, const EncryptionKey& recipient,
                                const crypto::SigningKey& custodian, crypto::Random& random) {
  const ApprovalTerms& terms = statement.terms;
  return Wrap({terms.organisation, terms.case_id, terms.approval, crypto::Sha256(statement.bytes)}, share, recipient, custodian,
              random);
}

absl::StatusOr<Bytes> HandShareOver(const OrganisationId& organisation, const CaseId& case_id, const IdentityShare& share,
                                    const EncryptionKey& recipient, const crypto::SigningKey& custodian, crypto::Random& random) {
  return Wrap({organisation, case_id, {}, {}}, share, recipient, custodian, random);
}

absl::Status VerifyShare(const ParsedShare& share, const crypto::VerifyKey& key) {
  if (crypto::KeyIdOf(key) != share.custodian ||
      !crypto::Verify(key, kLabel, BeforeSignature(share.bytes), share.signature).ok()) {
    return BadSignature(kLayout);
  }
  return absl::OkStatus();
}

absl::StatusOr<IdentityShare> OpenGivenShare(const ParsedShare& share, const crypto::DecryptionKey& recipient) {
  if (crypto::KeyIdOf(recipient.encryption_key()) != share.recipient)
    return GrantMismatch("the share is given to another key");
  crypto::HpkeSealed sealed;
  sealed.enc = share.enc;
  sealed.ciphertext = Bytes(share.sealed);
  auto raw = crypto::HpkeOpen(recipient, sealed,
                              Info(share.organisation, share.case_id, share.approval, share.recipient, share.index),
                              crypto::AssociatedData(share.bytes.substr(0, kHeader)));
  if (!raw.ok()) return CannotOpen(kLayout);
  auto value = crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(raw->view());
  if (!value.ok()) return CannotOpen(kLayout);
  return IdentityShare{.index = share.index, .value = std::move(*value)};
}

}  // namespace alcove::format
