#include "crypto/format/wallet.h"

#include <optional>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/password.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"

namespace alcove::format {
namespace {

constexpr std::string_view kWallet = "wallet", kWalletLine = "alcove.wallet.v1";
constexpr std::string_view kBatch = "token batch", kBatchLine = "alcove.token-batch.v1";
constexpr std::string_view kAnswer = "token answer", kAnswerLine = "alcove.token-answer.v1";

constexpr size_t kPadding = 4096;

std::string Base64(BytesView bytes) { return crypto::Base64Encode(bytes); }

std::string Opening(std::string_view first, const OrganisationId& organisation) {
  return std::string(first) + "\norganisation " + Text(organisation) + "\n";
}

std::string Words(const TokenTerms& terms) { return std::string(WordOf(terms.kind)) + " " + terms.quarter.Text(); }

std::optional<OrganisationId> TakeOpening(internal::LineReader& lines, std::string_view first) {
  if (!lines.TakeBare(first)) return std::nullopt;
  const auto value = lines.Take("organisation");
  if (!value) return std::nullopt;
  const auto id = FromText<OrganisationId>(*value);
  return id.ok() ? std::optional(*id) : std::nullopt;
}

// Cuts the next word off.
std::string_view Next(std::string_view& text) {
  const size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  return word;
}

// "employment 2026-Q4" and whatever follows.
bool TakeTerms(std::string_view& text, TokenTerms* terms) {
  const auto kind = TokenKindFromWord(Next(text));
  const auto quarter = Quarter::FromText(Next(text));
  if (!kind.ok() || !quarter.ok()) return false;
  terms->kind = *kind;
  terms->quarter = *quarter;
  return true;
}

template <class S>
std::optional<S> SecretFromBase64(std::string_view text) {
  auto raw = crypto::Base64Decode(text);
  if (!raw.ok()) return std::nullopt;
  auto secret = S::FromBytes(*raw);
  crypto::Wipe(*raw);
  if (!secret.ok()) return std::nullopt;
  return std::move(*secret);
}

bool TakePending(std::string_view text, Wallet* wallet) {
  TokenTerms terms{.organisation = wallet->organisation, .kind = TokenKind::kEmployment, .quarter = {}};
  if (!TakeTerms(text, &terms) || wallet->pending.size() == crypto::kMaxVoprfBatch) return false;
  const auto nonce = internal::FixedFromBase64<TokenNonce>(Next(text));
  auto blind = SecretFromBase64<crypto::VoprfBlindScalar>(Next(text));
  const auto blinded = internal::FixedFromBase64<crypto::RistrettoPoint>(text);
  if (!nonce || !blind || !blinded) return false;
  wallet->pending.push_back({.terms = terms, .nonce = *nonce, .blinded = {.blind = std::move(*blind), .blinded = *blinded}});
  return true;
}

bool TakeToken(std::string_view text, Wallet* wallet) {
  TokenTerms terms{.organisation = wallet->organisation, .kind = TokenKind::kEmployment, .quarter = {}};
  if (!TakeTerms(text, &terms) || wallet->unspent.size() == crypto::kMaxVoprfBatch) return false;
  const auto nonce = internal::FixedFromBase64<TokenNonce>(Next(text));
  auto output = SecretFromBase64<crypto::VoprfOutput>(text);
  if (!nonce || !output) return false;
  wallet->unspent.push_back({.terms = terms, .nonce = *nonce, .output = std::move(*output)});
  return true;
}

// The lines inside the seal.
absl::StatusOr<crypto::SecretText> InsideOf(const Wallet& wallet) {
  if (wallet.pending.size() > crypto::kMaxVoprfBatch || wallet.unspent.size() > crypto::kMaxVoprfBatch)
    return Malformed(kWallet, "number of tokens");
  crypto::SecretText inside;
  const auto secret = [&](BytesView bytes) { inside.Append(crypto::SecretText::Take(Base64(bytes)).expose()); };
  for (const PendingToken& token : wallet.pending) {
    if (token.terms.organisation != wallet.organisation) return Malformed(kWallet, "organisation of a token");
    inside.Append("pending " + Words(token.terms) + " ");
    secret(token.nonce.view());
    inside.Append(" ");
    secret(token.blinded.blind.expose());
    inside.Append(" " + Base64(token.blinded.blinded.view()) + "\n");
  }
  for (const UnspentToken& token : wallet.unspent) {
    if (token.terms.organisation != wallet.organisation) return Malformed(kWallet, "organisation of a token");
    inside.Append("token " + Words(token.terms) + " ");
    secret(token.nonce.view());
    inside.Append(" ");
    secret(token.output.expose());
    inside.Append("\n");
  }
  inside.Append("end\n");
  inside.Append(std::string((kPadding - inside.size() % kPadding) % kPadding, '\n'));
  return inside;
}

// What all three say about tokens that go together.
bool TakeTogether(internal::LineReader& lines, std::string_view first, TokenTerms* terms) {
  const auto organisation = TakeOpening(lines, first);
  if (!organisation) return false;
  terms->organisation = *organisation;
  auto value = lines.Take("tokens");
  return value && TakeTerms(*value, terms) && value->empty();
}

bool TakeElements(internal::LineReader& lines, std::string_view word, std::vector<crypto::RistrettoPoint>* elements) {
  while (const auto value = lines.Take(word)) {
    const auto element = internal::FixedFromBase64<crypto::RistrettoPoint>(*value);
    if (!element || elements->size() == crypto::kMaxVoprfBatch) return false;
    elements->push_back(*element);
  }
  return !elements->empty();
}

absl::Status CheckTogether(std::string_view layout, const TokenTerms& terms, size_t count) {
  if (!IsTokenKind(static_cast<uint8_t>(terms.kind)) || !terms.quarter.valid()) return Malformed(layout, "kind or quarter");
  if (count == 0 || count > crypto::kMaxVoprfBatch) return Malformed(layout, "number of elements");
  return absl::OkStatus();
}

std::string TogetherText(std::string_view first, const TokenTerms& terms, std::string_view word,
                         const std::vector<crypto::RistrettoPoint>& elements) {
  std::string text = Opening(first, terms.organisation) + "tokens " + Words(terms) + "\n";
  for (const crypto::RistrettoPoint& element : elements) text.append(word).append(" ").append(Base64(element.view())).append("\n");
  return text;
}

}  // namespace

absl::StatusOr<std::string> WalletText(const Wallet& wallet, const crypto::SecretText& passphrase, crypto::Random& random) {
  const auto inside = InsideOf(wallet);
  if (!inside.ok()) return inside.status();
  std::string text = Opening(kWalletLine, wallet.organisation);
  const auto sealed = crypto::SealWithPassphrase(passphrase, inside->expose(), crypto::AssociatedData(text), random);
  if (!sealed.ok()) return sealed.status();
  return text + "sealed " + Base64(*sealed) + "\n";
}

absl::StatusOr<OrganisationId> WalletOrganisation(std::string_view text) {
  internal::LineReader lines(kWallet, text);
  const auto organisation = TakeOpening(lines, kWalletLine);
  if (!organisation || !lines.Take("sealed") || !lines.done()) return lines.Fail();
  return *organisation;
}

absl::StatusOr<Wallet> ReadWallet(std::string_view text, const crypto::SecretText& passphrase) {
  internal::LineReader lines(kWallet, text);
  const auto organisation = TakeOpening(lines, kWalletLine);
  if (!organisation) return lines.Fail();
  const auto value = lines.Take("sealed");
  if (!value || !lines.done()) return lines.Fail();
  const auto sealed = crypto::Base64Decode(*value);
  if (!sealed.ok()) return Malformed(kWallet, "sealed");
  const auto inside =
      crypto::OpenWithPassphrase(passphrase, *sealed, crypto::AssociatedData(Opening(kWalletLine, *organisation)));
  if (!inside.ok()) return absl::IsResourceExhausted(inside.status()) ? inside.status() : WrongPassphrase();
  Wallet wallet{.organisation = *organisation, .pending = {}, .unspent = {}};
  internal::LineReader tokens(kWallet, inside->view());
  while (const auto pending = tokens.Take("pending"))
    if (!TakePending(*pending, &wallet)) return tokens.Fail();
  while (const auto token = tokens.Take("token"))
    if (!TakeToken(*token, &wallet)) return tokens.Fail();
  if (!tokens.TakeBare("end") || inside->view().size() % kPadding != 0 || tokens.rest().find_first_not_of('\n') != BytesView::npos)
    return tokens.Fail();
  return wallet;
}

absl::StatusOr<std::string> TokenBatchText(const TokenBatch& batch) {
  if (auto status = CheckTogether(kBatch, batch.terms, batch.blinded.size()); !status.ok()) return status;
  return TogetherText(kBatchLine, batch.terms, "blinded", batch.blinded);
}

absl::StatusOr<TokenBatch> ParseTokenBatch(std::string_view text) {
  internal::LineReader lines(kBatch, text);
  TokenBatch batch;
  if (!TakeTogether(lines, kBatchLine, &batch.terms) || !TakeElements(lines, "blinded", &batch.blinded) || !lines.done())
    return lines.Fail();
  return batch;
}

absl::StatusOr<std::string> TokenAnswerText(const TokenAnswer& answer) {
  if (auto status = CheckTogether(kAnswer, answer.terms, answer.evaluated.elements.size()); !status.ok()) return status;
  return TogetherText(kAnswerLine, answer.terms, "evaluated", answer.evaluated.elements) + "proof " +
         Base64(answer.evaluated.proof.view()) + "\n";
}

absl::StatusOr<TokenAnswer> ParseTokenAnswer(std::string_view text) {
  internal::LineReader lines(kAnswer, text);
  TokenAnswer answer;
  if (!TakeTogether(lines, kAnswerLine, &answer.terms) || !TakeElements(lines, "evaluated", &answer.evaluated.elements))
    return lines.Fail();
  const auto value = lines.Take("proof");
  const auto proof = value ? internal::FixedFromBase64<crypto::VoprfProof>(*value) : std::nullopt;
  if (!proof || !lines.done()) return lines.Fail();
  answer.evaluated.proof = *proof;
  return answer;
}

}  // namespace alcove::format
