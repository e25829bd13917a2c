#include "crypto/format/token.h"

#include <set>

#include "crypto/hash.h"
#include "tests/crypto/format/tokens.h"

namespace alcove::format {
namespace {

using test::Announced;
using test::Answer;
using test::Fixed;
using test::IssuingKey;
using test::PendingTokens;
using test::SeededRandom;
using test::TermsOf;
using test::TestQuarter;

Digest Request() { return Fixed<Digest>("request"); }

std::vector<UnspentToken> Issued(const TokenTerms& terms, size_t count, BytesView issuer = "issuer") {
  SeededRandom random("tokens");
  const auto pending = PendingTokens(terms, count, random);
  auto tokens = FinishTokens(Announced(issuer, terms.kind, terms.quarter), pending, Answer(IssuingKey(issuer), pending));
  EXPECT_TRUE(tokens.ok()) << tokens.status();
  return std::move(*tokens);
}

absl::Status Check(BytesView bytes, const Digest& request, BytesView issuer = "issuer") {
  auto token = ParseToken(bytes);
  if (!token.ok()) return token.status();
  return CheckToken(*token, IssuingKey(issuer), request);
}

TEST(Tokens, VouchForTheRequestTheyAreSpentOn) {
  for (TokenKind kind : {TokenKind::kEmployment, TokenKind::kEscrow}) {
    const auto tokens = Issued(TermsOf(kind), 3);
    ASSERT_EQ(tokens.size(), 3u);
    for (const UnspentToken& token : tokens) {
      const Bytes spent = SpendToken(token, Request());
      EXPECT_EQ(spent.size(), kTokenSize);
      auto parsed = ParseToken(spent);
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(parsed->terms, TermsOf(kind));
      EXPECT_EQ(parsed->nonce, token.nonce);
      EXPECT_EQ(parsed->bytes, spent);
      EXPECT_TRUE(CheckToken(*parsed, IssuingKey("issuer"), Request()).ok());
    }
  }
}

TEST(Tokens, MovedToAnotherRequestAreRefused) {
  const auto tokens = Issued(TermsOf(TokenKind::kEmployment), 1);
  const Bytes spent = SpendToken(tokens[0], Request());
  EXPECT_TRUE(Check(spent, Request()).ok()) << "control";
  EXPECT_REFUSED(Check(spent, Fixed<Digest>("another request")), kForgedToken);
  EXPECT_REFUSED(Check(spent, Digest()), kForgedToken);
}

TEST(Tokens, OfAnotherKeyAreRefused) {
  const auto tokens = Issued(TermsOf(TokenKind::kEmployment), 1);
  const Bytes spent = SpendToken(tokens[0], Request());
  EXPECT_TRUE(Check(spent, Request(), "issuer").ok()) << "control";
  EXPECT_REFUSED(Check(spent, Request(), "another issuer"), kForgedToken);
}

// The same key by mistake for two kinds, quarters or organisations: the terms still stand under the MAC.
TEST(Tokens, ShownAsOnesOfOtherTermsAreRefused) {
  const auto tokens = Issued(TermsOf(TokenKind::kEmployment), 1);
  for (const TokenTerms& terms : {TermsOf(TokenKind::kEscrow), TermsOf(TokenKind::kEmployment, TestQuarter().Next()),
                                  TokenTerms{.organisation = Fixed<OrganisationId>("another"), .quarter = TestQuarter()}}) {
    UnspentToken relabelled{.terms = terms, .nonce = tokens[0].nonce, .output = tokens[0].output.Clone()};
    EXPECT_REFUSED(Check(SpendToken(relabelled, Request()), Request()), kForgedToken);
  }
  UnspentToken renamed{.terms = tokens[0].terms, .nonce = Fixed<TokenNonce>("another"), .output = tokens[0].output.Clone()};
  EXPECT_REFUSED(Check(SpendToken(renamed, Request()), Request()), kForgedToken);
  EXPECT_TRUE(Check(SpendToken(tokens[0], Request()), Request()).ok()) << "control";
}

TEST(Tokens, EveryFlipAndCutIsRefused) {
  const auto tokens = Issued(TermsOf(TokenKind::kEscrow), 1);
  const Bytes good = SpendToken(tokens[0], Request());
  auto accepts = [](BytesView bytes) { return Check(bytes, Request()).ok(); };
  test::ExpectEveryFlipRefused(good, good.size(), accepts);
  test::ExpectEveryCutRefused(good, accepts);
}

TEST(Tokens, FieldsOutOfRangeAreRefused) {
  const auto tokens = Issued(TermsOf(TokenKind::kEmployment), 1);
  const Bytes good = SpendToken(tokens[0], Request());
  auto with = [&](size_t at, const Bytes& field) {
    Bytes bad = good;
    bad.replace(at, field.size(), field);
    return ParseToken(bad).status();
  };
  EXPECT_TRUE(with(0, "ALT1").ok()) << "control";
  EXPECT_REFUSED(with(0, "ALT2"), kMalformed);
  EXPECT_REFUSED(with(4, Bytes(1, '\2')), kMalformed) << "suite";
  for (char kind : {'\0', '\3', '\xff'}) EXPECT_REFUSED(with(5, Bytes(1, kind)), kMalformed) << "kind";
  EXPECT_REFUSED(with(6, Bytes(1, '\1')), kMalformed);
  EXPECT_REFUSED(with(7, Bytes(1, '\1')), kMalformed);
  EXPECT_REFUSED(with(24, Bytes(4, '\0')), kMalformed) << "a quarter before 1970";
  EXPECT_REFUSED(with(24, Bytes(4, '\xff')), kMalformed) << "a quarter after 9999";
}

TEST(Tokens, AskedForUnderTermsWithoutAPlaceAreNotDrawn) {
  SeededRandom random("tokens");
  EXPECT_TRUE(DrawToken(TermsOf(TokenKind::kEmployment), random).ok()) << "control";
  EXPECT_REFUSED(DrawToken(TermsOf(static_cast<TokenKind>(0)), random), kMalformed);
  EXPECT_REFUSED(DrawToken(TermsOf(static_cast<TokenKind>(3)), random), kMalformed);
  EXPECT_REFUSED(DrawToken(TermsOf(TokenKind::kEscrow, Quarter(3)), random), kMalformed);
}

TEST(Tokens, IssuedUnderAnotherKeyThanTheAnnouncedOneAreNotTaken) {
  SeededRandom random("tokens");
  const auto pending = PendingTokens(TermsOf(TokenKind::kEmployment), 4, random);
  const TokenKey announced = Announced("issuer", TokenKind::kEmployment);
  const auto good = Answer(IssuingKey("issuer"), pending), marked = Answer(IssuingKey("for this client alone"), pending);
  EXPECT_TRUE(FinishTokens(announced, pending, good).ok()) << "control";
  EXPECT_REFUSED(FinishTokens(announced, pending, marked), kBadProof);
  auto one = good;
  one.elements[2] = marked.elements[2];
  EXPECT_REFUSED(FinishTokens(announced, pending, one), kBadProof);
  auto turned = good;
  std::swap(turned.elements[0], turned.elements[3]);
  EXPECT_REFUSED(FinishTokens(announced, pending, turned), kBadProof);
}

TEST(Tokens, AreFinishedUnderTheKeyOfTheirKindAndQuarterAlone) {
  SeededRandom random("tokens");
  auto pending = PendingTokens(TermsOf(TokenKind::kEmployment), 2, random);
  const auto answer = Answer(IssuingKey("issuer"), pending);
  EXPECT_TRUE(FinishTokens(Announced("issuer", TokenKind::kEmployment), pending, answer).ok()) << "control";
  EXPECT_REFUSED(FinishTokens(Announced("issuer", TokenKind::kEscrow), pending, answer), kMalformed);
  EXPECT_REFUSED(FinishTokens(Announced("issuer", TokenKind::kEmployment, TestQuarter().Next()), pending, answer), kMalformed);
  pending[1] = std::move(PendingTokens(TermsOf(TokenKind::kEscrow), 1, random)[0]);
  EXPECT_REFUSED(FinishTokens(Announced("issuer", TokenKind::kEmployment), pending, Answer(IssuingKey("issuer"), pending)), kMalformed);
}

TEST(Tokens, AnswersOfTheWrongShapeAreRefused) {
  SeededRandom random("tokens");
  const auto pending = PendingTokens(TermsOf(TokenKind::kEmployment), 2, random);
  const TokenKey announced = Announced("issuer", TokenKind::kEmployment);
  const auto good = Answer(IssuingKey("issuer"), pending);
  auto with = [&](auto change) {
    auto answer = good;
    change(answer);
    return FinishTokens(announced, pending, answer).status();
  };
  EXPECT_TRUE(with([](auto&) {}).ok()) << "control";
  EXPECT_REFUSED(with([](auto& answer) { answer.elements.pop_back(); }), kMalformed);
  EXPECT_REFUSED(with([](auto& answer) { answer.elements.clear(); }), kMalformed);
  EXPECT_REFUSED(with([](auto& answer) { answer.elements.push_back(answer.elements[0]); }), kMalformed);
  EXPECT_REFUSED(with([](auto& answer) { answer.elements[1] = {}; }), kMalformed) << "the identity";
  EXPECT_REFUSED(with([](auto& answer) { answer.elements[0].data()[31] |= 0x80; }), kMalformed) << "a second spelling";
  EXPECT_REFUSED(with([](auto& answer) { answer.proof.data()[63] |= 0x80; }), kMalformed) << "above the order";
  EXPECT_REFUSED(with([](auto& answer) { answer.proof = {}; }), kBadProof);
  EXPECT_REFUSED(FinishTokens(announced, {}, {{}, good.proof}), kMalformed);
}

TEST(Tokens, HaveOneNullifierWhateverTheyAreSpentOn) {
  const auto tokens = Issued(TermsOf(TokenKind::kEmployment), 2);
  const Bytes once = SpendToken(tokens[0], Request()), again = SpendToken(tokens[0], Fixed<Digest>("another request"));
  EXPECT_NE(once, again);
  auto of = [](BytesView bytes) { return NullifierOf(ParseToken(bytes)->terms, ParseToken(bytes)->nonce); };
  EXPECT_EQ(of(once), of(again));
  EXPECT_EQ(of(once), NullifierOf(tokens[0].terms, tokens[0].nonce));
  EXPECT_NE(of(once), of(SpendToken(tokens[1], Request())));
}

TEST(Tokens, NullifiersDifferByEveryTerm) {
  const TokenNonce nonce = Fixed<TokenNonce>("nonce");
  std::set<TokenNullifier> all;
  for (const char* organisation : {"organisation", "another"}) {
    for (TokenKind kind : {TokenKind::kEmployment, TokenKind::kEscrow}) {
      for (Quarter quarter : {TestQuarter(), TestQuarter().Next()}) {
        all.insert(NullifierOf({.organisation = Fixed<OrganisationId>(organisation), .kind = kind, .quarter = quarter}, nonce));
      }
    }
  }
  EXPECT_EQ(all.size(), 8u);
}

// What the issuer sees at issue and what it sees when a token is spent have no byte string in common.
TEST(Tokens, ShowNothingAtIssueOfWhatTheyShowWhenSpent) {
  SeededRandom random("tokens");
  const auto pending = PendingTokens(TermsOf(TokenKind::kEmployment), 1, random);
  const auto answer = Answer(IssuingKey("issuer"), pending);
  const auto tokens = FinishTokens(Announced("issuer", TokenKind::kEmployment), pending, answer);
  ASSERT_TRUE(tokens.ok());
  const Bytes seen = pending[0].blinded.blinded.str() + answer.elements[0].str() + answer.proof.str();
  const Bytes spent = SpendToken((*tokens)[0], Request());
  for (size_t at = 28; at + 8 <= spent.size(); ++at) EXPECT_EQ(seen.find(spent.substr(at, 8)), Bytes::npos) << at;
  EXPECT_EQ(spent.find(Bytes((*tokens)[0].output.expose())), Bytes::npos);
  // Two draws for the same terms share nothing.
  const auto other = PendingTokens(TermsOf(TokenKind::kEmployment), 1, random);
  EXPECT_NE(other[0].nonce, pending[0].nonce);
  EXPECT_NE(other[0].blinded.blinded, pending[0].blinded.blinded);
}

TEST(Tokens, WhatAFilingIsToATokenStandsInTheHeader) {
  const FilingOfToken filing{Fixed<OrganisationId>("organisation"), Fixed<CaseId>("case"), Fixed<MailboxId>("mailbox"),
                             Fixed<crypto::EncryptionKey>("encryption"), Fixed<crypto::VerifyKey>("signing"), Fixed<Digest>("entry")};
  Bytes laid = Bytes("alcove filing token v1") + '\0';
  for (const BytesView part : {filing.organisation.view(), filing.case_id.view(), filing.mailbox.view(), filing.mailbox_encryption_key.view(),
                               filing.mailbox_verify_key.view(), filing.entry_hash.view()})
    laid += part;
  EXPECT_EQ(laid.size(), 22 + 1 + 16 * 3 + 32 * 3);
  EXPECT_EQ(TokenRequestOf(filing), crypto::Sha256(laid));
}

}  // namespace
}  // namespace alcove::format
