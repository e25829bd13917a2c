#include "client/lib/wallet.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "client/lib/files.h"
#include "crypto/format/envelope.h"
#include "crypto/format/errors.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

absl::Status Wrong(const std::string& path, std::string_view what) {
  return Refuse(Refusal::kKeyFileInvalid, "the wallet `" + path + "` " + std::string(what));
}

bool IsOf(const format::TokenTerms& terms, const format::TokenTerms& wanted) {
  return terms.organisation == wanted.organisation && terms.kind == wanted.kind && terms.quarter == wanted.quarter;
}

bool IsSpendable(const format::TokenTerms& terms, format::TokenKind kind, format::Day today) {
  const format::Quarter now = format::Quarter::Of(today);
  return terms.kind == kind && (terms.quarter == now || terms.quarter == now.Previous());
}

}  // namespace

absl::StatusOr<WalletFile> WalletFile::Open(const std::string& path, const format::OrganisationId& organisation,
                                            crypto::SecretText passphrase) {
  ALCOVE_CLIENT_TRY(CheckPrivate(path));
  ALCOVE_CLIENT_ASSIGN(const std::string text, ReadFile(path));
  const auto of = format::WalletOrganisation(text);
  if (!of.ok()) return Wrong(path, "is no wallet");
  if (*of != organisation) return Wrong(path, "is for another organisation");
  auto wallet = format::ReadWallet(text, passphrase);
  if (!wallet.ok()) {
    if (format::ReasonOf(wallet.status()) == format::Refusal::kWrongPassphrase)
      return Refuse(Refusal::kPassphraseWrong, "the passphrase does not open the wallet");
    return Wrong(path, "is damaged");
  }
  return WalletFile(path, *std::move(wallet), std::move(passphrase), false);
}

absl::StatusOr<WalletFile> WalletFile::Begin(const std::string& path, const format::OrganisationId& organisation,
                                             crypto::SecretText passphrase) {
  ALCOVE_CLIENT_ASSIGN(const auto there, ReadFileIfThere(path));
  if (there) return Refuse(Refusal::kInputInvalid, "the file `" + path + "` is there already");
  return WalletFile(path, {.organisation = organisation, .pending = {}, .unspent = {}}, std::move(passphrase), true);
}

absl::StatusOr<std::string> WalletFile::DrawTokens(format::TokenKind kind, uint32_t count, format::Day today,
                                                   crypto::Random& random) {
  const format::TokenTerms terms{wallet_.organisation, kind, format::Quarter::Of(today)};
  std::erase_if(wallet_.pending, [&](const format::PendingToken& token) { return token.terms.quarter < terms.quarter; });
  std::erase_if(wallet_.unspent, [&](const format::UnspentToken& token) { return token.terms.quarter < terms.quarter.Previous(); });
  if (count == 0 || wallet_.pending.size() + count > crypto::kMaxVoprfBatch)
    return Refuse(Refusal::kInputInvalid, "so many tokens cannot be drawn");
  format::TokenBatch batch{terms, {}};
  for (uint32_t i = 0; i < count; ++i) {
    auto token = format::DrawToken(terms, random);
    if (!token.ok()) return token.status();
    batch.blinded.push_back(token->blinded.blinded);
    wallet_.pending.push_back(*std::move(token));
  }
  const auto text = format::TokenBatchText(batch);
  if (!text.ok()) return text.status();
  ALCOVE_CLIENT_TRY(Write(random));
  return *text;
}

absl::StatusOr<uint32_t> WalletFile::TakeTokens(std::string_view text, const format::Directory& directory,
                                                crypto::Random& random) {
  const auto answer = format::ParseTokenAnswer(text);
  if (!answer.ok()) return Refuse(Refusal::kInputInvalid, "this is no answer of the portal");
  const format::TokenTerms& terms = answer->terms;
  if (terms.organisation != wallet_.organisation) return Refuse(Refusal::kInputInvalid, "the answer is for another organisation");
  const format::TokenKey* key = directory.FindTokenKey(terms.kind, terms.quarter);
  if (key == nullptr) return Refuse(Refusal::kTokensInvalid, "the directory announces no key for them");
  // Batches stand one after the other, and an answer does not say which it is to: the proof does.
  const size_t count = answer->evaluated.elements.size();
  bool any = false;
  for (size_t at = 0; at + count <= wallet_.pending.size(); ++at) {
    const std::span<const format::PendingToken> some(wallet_.pending.data() + at, count);
    if (!std::all_of(some.begin(), some.end(), [&](const auto& token) { return IsOf(token.terms, terms); })) continue;
    any = true;
    auto tokens = format::FinishTokens(*key, some, answer->evaluated);
    if (!tokens.ok()) continue;
    const auto first = wallet_.pending.begin() + static_cast<std::ptrdiff_t>(at);
    wallet_.pending.erase(first, first + static_cast<std::ptrdiff_t>(count));
    for (format::UnspentToken& token : *tokens) wallet_.unspent.push_back(std::move(token));
    ALCOVE_CLIENT_TRY(Write(random));
    return static_cast<uint32_t>(count);
  }
  if (!any) return Refuse(Refusal::kInputInvalid, "the answer is to no batch that this wallet drew");
  return Refuse(Refusal::kTokensInvalid, "they were not issued under the key that the directory announces, or to another batch");
}

uint32_t WalletFile::Spendable(format::TokenKind kind, format::Day today) const {
  return static_cast<uint32_t>(
      std::count_if(wallet_.unspent.begin(), wallet_.unspent.end(),
                    [&](const format::UnspentToken& token) { return IsSpendable(token.terms, kind, today); }));
}

uint32_t WalletFile::Pending(format::TokenKind kind) const {
  return static_cast<uint32_t>(std::count_if(wallet_.pending.begin(), wallet_.pending.end(),
                                             [&](const format::PendingToken& token) { return token.terms.kind == kind; }));
}

absl::StatusOr<format::UnspentToken> WalletFile::TakeOut(format::TokenKind kind, format::Day today, crypto::Random& random) {
  auto oldest = wallet_.unspent.end();
  for (auto token = wallet_.unspent.begin(); token != wallet_.unspent.end(); ++token)
    if (IsSpendable(token->terms, kind, today) && (oldest == wallet_.unspent.end() || token->terms.quarter < oldest->terms.quarter))
      oldest = token;
  if (oldest == wallet_.unspent.end()) return Refuse(Refusal::kInputInvalid, "the wallet holds no token that can be spent now");
  format::UnspentToken taken = std::move(*oldest);
  wallet_.unspent.erase(oldest);
  ALCOVE_CLIENT_TRY(Write(random));
  return taken;
}

absl::Status WalletFile::Write(crypto::Random& random) {
  const auto text = format::WalletText(wallet_, passphrase_, random);
  if (!text.ok()) return text.status();
  ALCOVE_CLIENT_TRY(fresh_ ? WriteNewFile(path_, *text) : ReplaceFile(path_, *text));
  fresh_ = false;
  return absl::OkStatus();
}

absl::StatusOr<std::string> IssueTokens(Connection& connection, const Session& session, const std::string& employee,
                                        std::string_view text, crypto::Random& random) {
  const auto batch = format::ParseTokenBatch(text);
  if (!batch.ok()) return Refuse(Refusal::kInputInvalid, "this is no batch of tokens");
  if (batch->terms.organisation != connection.organisation().id)
    return Refuse(Refusal::kInputInvalid, "the batch is for another organisation");
  v1::IssueEmploymentTokensRequest request;
  request.set_request_id(DrawRequestId(random));
  request.set_employee(employee);
  request.set_kind(static_cast<v1::TokenKind>(batch->terms.kind));
  request.set_quarter(batch->terms.quarter.Text());
  for (const crypto::RistrettoPoint& element : batch->blinded) request.add_blinded(element.str());
  ALCOVE_CLIENT_ASSIGN(const v1::IssueEmploymentTokensResponse response,
                       connection.CallAgain(&v1::HrService::Stub::IssueEmploymentTokens, request, &session));
  format::TokenAnswer answer{batch->terms, {}};
  for (const std::string& bytes : response.evaluated()) {
    const auto element = crypto::RistrettoPoint::FromBytes(bytes);
    if (!element.ok()) return Refuse(Refusal::kAnswerMalformed, "a token is malformed");
    answer.evaluated.elements.push_back(*element);
  }
  const auto proof = crypto::VoprfProof::FromBytes(response.proof());
  if (!proof.ok() || answer.evaluated.elements.size() != batch->blinded.size())
    return Refuse(Refusal::kAnswerMalformed, "the tokens do not fit the batch");
  answer.evaluated.proof = *proof;
  const auto back = format::TokenAnswerText(answer);
  if (!back.ok()) return Refuse(Refusal::kAnswerMalformed, back.status());
  return *back;
}

void SendWithOthers(SealedReport& sealed, uint32_t others, format::Day last) {
  v1::EscrowTerms& terms = *sealed.request.mutable_escrow();
  terms.set_others(others);
  terms.mutable_last_day()->set_year(last.year());
  terms.mutable_last_day()->set_month(last.month());
  terms.mutable_last_day()->set_day(last.day_of_month());
}

absl::Status Vouch(const format::UnspentToken& token, SealedReport& sealed) {
  const auto envelope = format::ParseEnvelope(sealed.request.entry().envelope());
  if (!envelope.ok()) return envelope.status();
  const auto mailbox = format::ParseMailboxName(sealed.request.mailbox());
  if (!mailbox.ok()) return mailbox.status();
  const crypto::Digest request = format::TokenRequestOf(
      {envelope->context.organisation, envelope->context.case_id, *mailbox, sealed.keys.decryption.encryption_key(),
       sealed.keys.signing.verify_key(), sealed.entry_hash});
  sealed.request.set_token(format::SpendToken(token, request));
  return absl::OkStatus();
}

}  // namespace alcove::client
