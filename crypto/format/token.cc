#include "crypto/format/token.h"

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/secret.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "token";
constexpr std::string_view kMagic = "ALT1";
constexpr uint8_t kSuite = 1;
constexpr std::string_view kInputLabel = "alcove token v1";
constexpr std::string_view kRequestLabel = "alcove token request v1";
constexpr std::string_view kFilingLabel = "alcove filing token v1";
constexpr std::string_view kNullifierLabel = "alcove token nullifier v1";

bool HasPlace(TokenKind kind, Quarter quarter) { return IsTokenKind(static_cast<uint8_t>(kind)) && quarter.valid(); }

// T.
void Append(ByteWriter& out, const TokenTerms& terms, const TokenNonce& nonce) {
  out.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(terms.kind)).Zero(2).Fixed(terms.organisation);
  out.U32(terms.quarter.number()).Fixed(nonce);
}

Bytes Labelled(std::string_view label, const TokenTerms& terms, const TokenNonce& nonce) {
  ByteWriter out(96);
  out.Raw(label).U8(0);
  Append(out, terms, nonce);
  return out.Take();
}

Digest Mac(const crypto::VoprfOutput& output, const Digest& request) {
  const crypto::SymmetricKey pseudorandom = crypto::HkdfExtract({}, output.expose());
  // 32 bytes of 8160: never refused.
  const auto key = crypto::HkdfExpand(pseudorandom.expose(), ByteWriter(32).Raw(kRequestLabel).U8(0).bytes(), 32);
  return crypto::HmacSha256(key->view(), request.view());
}

}  // namespace

std::string_view WordOf(TokenKind kind) { return kind == TokenKind::kEscrow ? "escrow" : "employment"; }

absl::StatusOr<TokenKind> TokenKindFromWord(std::string_view word) {
  for (const TokenKind kind : {TokenKind::kEmployment, TokenKind::kEscrow})
    if (WordOf(kind) == word) return kind;
  return Malformed(kLayout, "kind");
}

Digest TokenRequestOf(const FilingOfToken& filing) {
  ByteWriter out(192);
  out.Raw(kFilingLabel).U8(0).Fixed(filing.organisation).Fixed(filing.case_id).Fixed(filing.mailbox);
  out.Fixed(filing.mailbox_encryption_key).Fixed(filing.mailbox_verify_key).Fixed(filing.entry_hash);
  return crypto::Sha256(out.bytes());
}

absl::StatusOr<PendingToken> DrawToken(const TokenTerms& terms, crypto::Random& random) {
  if (!HasPlace(terms.kind, terms.quarter)) return Malformed(kLayout, "kind or quarter");
  const TokenNonce nonce = *TokenNonce::FromBytes(random.Draw(TokenNonce::kSize));
  auto blinded = crypto::VoprfBlind(Labelled(kInputLabel, terms, nonce), random);
  if (!blinded.ok()) return Malformed(kLayout, "nonce");
  return PendingToken{.terms = terms, .nonce = nonce, .blinded = std::move(*blinded)};
}

absl::StatusOr<std::vector<UnspentToken>> FinishTokens(const TokenKey& key, std::span<const PendingToken> pending,
                                                       const crypto::VoprfEvaluated& evaluated) {
  std::vector<Bytes> inputs;
  std::vector<crypto::VoprfPending> batch;
  inputs.reserve(pending.size());
  batch.reserve(pending.size());
  for (const PendingToken& token : pending) {
    if (token.terms.kind != key.kind || token.terms.quarter != key.quarter) return Malformed(kLayout, "kind or quarter of the key");
    inputs.push_back(Labelled(kInputLabel, token.terms, token.nonce));
    batch.push_back({inputs.back(), token.blinded});
  }
  auto outputs = crypto::VoprfFinalize(key.key, batch, evaluated);
  if (!outputs.ok()) {
    if (crypto::errors::IsUnverified(outputs.status())) return BadProof("the tokens were issued under another key than the announced one");
    return Malformed(kLayout, "answer of the issuer");
  }
  std::vector<UnspentToken> tokens;
  tokens.reserve(pending.size());
  for (size_t i = 0; i < pending.size(); ++i) {
    tokens.push_back({.terms = pending[i].terms, .nonce = pending[i].nonce, .output = std::move((*outputs)[i])});
  }
  return tokens;
}

Bytes SpendToken(const UnspentToken& token, const Digest& request) {
  ByteWriter out(kTokenSize);
  Append(out, token.terms, token.nonce);
  return out.Fixed(Mac(token.output, request)).Take();
}

absl::StatusOr<ParsedToken> ParseToken(BytesView bytes) {
  ByteReader in(bytes);
  in.Expect(kMagic);
  const uint8_t suite = in.U8(), kind = in.U8();
  in.ExpectZero(2);
  ParsedToken token;
  token.terms.organisation = in.Fixed<OrganisationId>();
  token.terms.kind = static_cast<TokenKind>(kind);
  token.terms.quarter = Quarter(in.U32());
  token.nonce = in.Fixed<TokenNonce>();
  token.mac = in.Fixed<Digest>();
  token.bytes = bytes;
  if (!in.done()) return Malformed(kLayout, "form");
  if (suite != kSuite) return Malformed(kLayout, "suite");
  if (!HasPlace(token.terms.kind, token.terms.quarter)) return Malformed(kLayout, "kind or quarter");
  return token;
}

absl::Status CheckToken(const ParsedToken& token, const crypto::VoprfKey& key, const Digest& request) {
  const auto output = crypto::VoprfEvaluate(key, Labelled(kInputLabel, token.terms, token.nonce));
  if (!output.ok() || !crypto::ConstantTimeEquals(Mac(*output, request).view(), token.mac.view())) return ForgedToken();
  return absl::OkStatus();
}

TokenNullifier NullifierOf(const TokenTerms& terms, const TokenNonce& nonce) {
  return *TokenNullifier::FromBytes(crypto::Sha256(Labelled(kNullifierLabel, terms, nonce)).view());
}

}  // namespace alcove::format
