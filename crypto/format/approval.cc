#include "crypto/format/approval.h"

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/hpke.h"
#include "crypto/padme.h"
#include "crypto/sign.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "approval request";
constexpr std::string_view kMagic = "ALR1";
constexpr uint8_t kSuite = 1;
constexpr size_t kDeciderSize = 96;
constexpr size_t kReasonPrefix = 34;
constexpr std::string_view kRequestLabel = "alcove approval request v1";
constexpr std::string_view kDecisionLabel = "alcove approval decision v1";
constexpr std::string_view kConsentLabel = "alcove identity consent v1";
constexpr std::string_view kReasonLabel = "alcove approval reason v1";
constexpr std::string_view kBodyLabel = "alcove approval reason body v1";

Bytes WrapInfo(const ApprovalTerms& terms, const KeyId& decider) {
  return ByteWriter(96)
      .Raw(kReasonLabel)
      .U8(0)
      .Fixed(terms.organisation)
      .Fixed(terms.case_id)
      .Fixed(terms.approval)
      .Fixed(decider)
      .Take();
}

// What the reason's body is bound to.
Digest Binding(BytesView statement_before_hash, BytesView reason_header) {
  return crypto::Sha256Stream().Update(statement_before_hash).Update(reason_header).Finish();
}

// The part of a statement that stands before hash and signature.
BytesView BeforeHash(BytesView statement) {
  return statement.substr(0, statement.size() - Digest::kSize - Signature::kSize);
}

bool IsCode(BytesView text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

absl::Status CheckTerms(const ApprovalTerms& terms) {
  const bool adds = terms.kind == ApprovalKind::kAddReader;
  const bool guest = terms.condition == ReleaseCondition::kGuest;
  if (!guest && terms.condition != ReleaseCondition::kApproved) return Malformed(kLayout, "release condition");
  if (!adds && guest) return Malformed(kLayout, "release condition");
  const bool has_last_day = guest || terms.kind == ApprovalKind::kShorten;
  if (has_last_day != (terms.until.number() != 0)) return Malformed(kLayout, "last day");
  if (terms.day.number() > Day::kMax || terms.until.number() > Day::kMax) return Malformed(kLayout, "day");
  if (ConcernsAPerson(terms.kind) ? !IsSlug(terms.person) : !terms.person.empty()) return Malformed(kLayout, "person");
  const bool code_fits = CodeIsId(terms.kind)  ? FromText<EntryId>(terms.code).ok()
                         : HasCode(terms.kind) ? IsCode(terms.code)
                                               : terms.code.empty();
  if (!code_fits) return Malformed(kLayout, "code");
  if ((terms.kind == ApprovalKind::kConfirmClock) != terms.case_id.IsZero()) return Malformed(kLayout, "case");
  return absl::OkStatus();
}

// Reads a statement and leaves the reader behind it.
absl::StatusOr<ParsedStatement> ReadStatement(BytesView bytes, ByteReader& reader) {
  ParsedStatement s;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  const uint8_t kind = reader.U8();
  const uint8_t condition = reader.U8();
  reader.ExpectZero(1);
  s.terms.organisation = reader.Fixed<OrganisationId>();
  s.terms.case_id = reader.Fixed<CaseId>();
  s.terms.approval = reader.Fixed<ApprovalId>();
  s.requester = reader.Fixed<KeyId>();
  s.terms.day = Day(reader.U32());
  s.terms.until = Day(reader.U32());
  s.terms.directory_version = reader.U32();
  s.terms.person = std::string(reader.Short());
  s.terms.code = std::string(reader.Short());
  s.reason_hash = reader.Fixed<Digest>();
  s.signature = reader.Fixed<Signature>();
  if (!reader.ok()) return Malformed(kLayout, "length");
  if (!IsApprovalKind(kind)) return Malformed(kLayout, "kind");
  s.terms.kind = static_cast<ApprovalKind>(kind);
  if (s.terms.kind == ApprovalKind::kAddReader) {
    if (!IsReleaseCondition(condition)) return Malformed(kLayout, "release condition");
    s.terms.condition = static_cast<ReleaseCondition>(condition);
  } else if (condition != 0) {
    return Malformed(kLayout, "release condition");
  }
  if (auto status = CheckTerms(s.terms); !status.ok()) return status;
  s.bytes = bytes.substr(0, bytes.size() - reader.left());
  return s;
}

Bytes DecisionStatement(const ParsedStatement& statement, Decision decision) {
  return ByteWriter(65)
      .Fixed(statement.terms.organisation)
      .Fixed(statement.terms.approval)
      .Fixed(crypto::Sha256(statement.bytes))
      .U8(static_cast<uint8_t>(decision))
      .Take();
}

}  // namespace

bool ConcernsAPerson(ApprovalKind kind) { return kind == ApprovalKind::kAddReader || kind == ApprovalKind::kLiftWall; }

bool HasCode(ApprovalKind kind) {
  switch (kind) {
    case ApprovalKind::kCloseCase:
    case ApprovalKind::kCloseUnread:
    case ApprovalKind::kDelete:
    case ApprovalKind::kLiftHold:
    case ApprovalKind::kReleaseIdentity: return true;
    default: return CodeIsId(kind);
  }
}

bool CodeIsId(ApprovalKind kind) { return kind == ApprovalKind::kRedact || kind == ApprovalKind::kFalseReport; }

Day FirstDayOf(ApprovalKind kind, Day approved) {
  const uint32_t waiting = ApprovalRuleOf(kind).waiting_days;
  // So many days in full, after the one that has begun.
  return waiting == 0 ? approved : approved.PlusDays(static_cast<int>(waiting) + 1);
}

KeyId ParsedApprovalRequest::DeciderAt(size_t i) const {
  return *KeyId::FromBytes(deciders.substr(i * kDeciderSize, KeyId::kSize));
}

absl::StatusOr<ParsedStatement> ParseStatement(BytesView bytes) {
  ByteReader reader(bytes);
  auto statement = ReadStatement(bytes, reader);
  if (statement.ok() && !reader.done()) return Malformed(kLayout, "length");
  return statement;
}

absl::StatusOr<ParsedApprovalRequest> ParseApprovalRequest(BytesView bytes) {
  if (bytes.size() > kMaxApprovalRequestSize) return Malformed(kLayout, "length");
  ByteReader reader(bytes);
  auto statement = ReadStatement(bytes, reader);
  if (!statement.ok()) return statement.status();
  ParsedApprovalRequest p;
  p.statement = *std::move(statement);
  const BytesView reason = bytes.substr(p.statement.bytes.size());
  p.key_commitment = reader.Fixed<Digest>();
  p.decider_count = reader.U16();
  if (!reader.ok()) return Malformed(kLayout, "length");
  if (p.decider_count < 1 || p.decider_count > kMaxDeciders) return Malformed(kLayout, "number of deciders");
  p.deciders = reader.Raw(p.decider_count * kDeciderSize);
  p.reason_header = reason.substr(0, kReasonPrefix + p.decider_count * kDeciderSize);
  const uint32_t body_length = reader.U32();
  if (!reader.ok()) return Malformed(kLayout, "length");
  p.body = reader.Raw(body_length);
  if (!reader.done() || body_length < crypto::kSealOverhead + kReasonFloor) return Malformed(kLayout, "body length");
  const uint64_t padded = body_length - crypto::kSealOverhead;
  if (padded != crypto::PaddedSize(padded, kReasonFloor)) return Malformed(kLayout, "body size class");
  for (size_t i = 0; i < p.decider_count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (p.DeciderAt(i) == p.DeciderAt(j)) return Malformed(kLayout, "decider named twice");
    }
  }
  if (crypto::Sha256(reason) != p.statement.reason_hash) return HashMismatch(kLayout, "reason");
  return p;
}

absl::Status VerifyRequester(const ParsedStatement& statement, const crypto::VerifyKey& key) {
  const BytesView signed_part = statement.bytes.substr(0, statement.bytes.size() - Signature::kSize);
  if (crypto::KeyIdOf(key) != statement.requester ||
      !crypto::Verify(key, kRequestLabel, signed_part, statement.signature).ok()) {
    return BadSignature(kLayout);
  }
  return absl::OkStatus();
}

absl::StatusOr<Bytes> SealApprovalRequest(const ApprovalTerms& terms, std::span<const EncryptionKey> deciders,
                                          BytesView reason, const crypto::SigningKey& requester,
                                          crypto::Random& random) {
  if (auto status = CheckTerms(terms); !status.ok()) return status;
  if (deciders.empty() || deciders.size() > kMaxDeciders) return Malformed(kLayout, "number of deciders");
  if (reason.size() > kMaxReason) return Malformed(kLayout, "length of the reason");
  ByteWriter statement(280);
  statement.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(terms.kind));
  statement.U8(terms.kind == ApprovalKind::kAddReader ? static_cast<uint8_t>(terms.condition) : 0).U8(0);
  statement.Fixed(terms.organisation).Fixed(terms.case_id).Fixed(terms.approval);
  statement.Fixed(crypto::KeyIdOf(requester.verify_key())).U32(terms.day.number()).U32(terms.until.number());
  statement.U32(terms.directory_version).Short(terms.person).Short(terms.code);

  const auto key = crypto::SymmetricKey::Draw(random);
  ByteWriter sealed(kReasonPrefix + kDeciderSize * deciders.size() + kReasonFloor + reason.size() + 256);
  sealed.Fixed(crypto::Commitment(key, kReasonLabel)).U16(static_cast<uint16_t>(deciders.size()));
  for (size_t i = 0; i < deciders.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (deciders[i] == deciders[j]) return Malformed(kLayout, "decider named twice");
    }
    const KeyId id = crypto::KeyIdOf(deciders[i]);
    auto wrapped =
        crypto::HpkeSeal(deciders[i], WrapInfo(terms, id), crypto::AssociatedData(), key.expose(), random);
    if (!wrapped.ok()) return Malformed(kLayout, "decider's key");
    sealed.Fixed(id).Fixed(wrapped->enc).Raw(wrapped->ciphertext);
  }
  const Digest binding = Binding(statement.bytes(), sealed.bytes());
  const Bytes body = crypto::Seal(crypto::DeriveKey(key, kBodyLabel), crypto::Pad(reason, kReasonFloor),
                                  crypto::AssociatedData(binding.view()), random);
  sealed.U32(static_cast<uint32_t>(body.size())).Raw(body);

  statement.Fixed(crypto::Sha256(sealed.bytes()));
  statement.Fixed(crypto::Sign(requester, kRequestLabel, statement.bytes()));
  return statement.Raw(sealed.bytes()).Take();
}

absl::StatusOr<crypto::Plaintext> OpenReason(const ParsedApprovalRequest& request, const crypto::DecryptionKey& decider) {
  const KeyId id = crypto::KeyIdOf(decider.encryption_key());
  for (size_t i = 0; i < request.decider_count; ++i) {
    if (request.DeciderAt(i) != id) continue;
    ByteReader reader(request.deciders.substr(i * kDeciderSize + KeyId::kSize, kDeciderSize - KeyId::kSize));
    crypto::HpkeSealed wrapped;
    wrapped.enc = reader.Fixed<EncryptionKey>();
    wrapped.ciphertext = Bytes(reader.Raw(reader.left()));
    auto raw = crypto::HpkeOpen(decider, wrapped, WrapInfo(request.statement.terms, id), crypto::AssociatedData());
    if (!raw.ok()) return CannotOpen(kLayout);
    auto key = crypto::SymmetricKey::FromBytes(raw->view());
    if (!key.ok()) return CannotOpen(kLayout);
    if (crypto::Commitment(*key, kReasonLabel) != request.key_commitment) return KeyCommitmentMismatch(kLayout);
    const Digest binding = Binding(BeforeHash(request.statement.bytes), request.reason_header);
    auto padded =
        crypto::Open(crypto::DeriveKey(*key, kBodyLabel), request.body, crypto::AssociatedData(binding.view()));
    if (!padded.ok()) return CannotOpen(kLayout);
    auto text = crypto::Unpad(padded->view(), kReasonFloor);
    if (!text.ok()) return Malformed(kLayout, "padding");
    padded->bytes.resize(text->size());
    return std::move(*padded);
  }
  return GrantMismatch("the reason is not sealed to this key");
}

Signature SignDecision(const ParsedStatement& statement, Decision decision, const crypto::SigningKey& decider) {
  return crypto::Sign(decider, kDecisionLabel, DecisionStatement(statement, decision));
}

absl::Status VerifyDecision(const ParsedStatement& statement, Decision decision, const crypto::VerifyKey& decider,
                            const Signature& signature) {
  if (!crypto::Verify(decider, kDecisionLabel, DecisionStatement(statement, decision), signature).ok()) {
    return BadSignature("approval decision");
  }
  return absl::OkStatus();
}

Signature SignConsent(const ParsedStatement& statement, Decision decision, const crypto::SigningKey& mailbox) {
  return crypto::Sign(mailbox, kConsentLabel, DecisionStatement(statement, decision));
}

absl::Status VerifyConsent(const ParsedStatement& statement, Decision decision, const crypto::VerifyKey& mailbox,
                           const Signature& signature) {
  if (!crypto::Verify(mailbox, kConsentLabel, DecisionStatement(statement, decision), signature).ok()) {
    return BadSignature("identity consent");
  }
  return absl::OkStatus();
}

}  // namespace alcove::format
