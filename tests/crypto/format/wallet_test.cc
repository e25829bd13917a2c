#include "crypto/format/wallet.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "tests/crypto/format/tokens.h"

namespace alcove::format {
namespace {

using test::Announced;
using test::Answer;
using test::Blinded;
using test::Fixed;
using test::IssuingKey;
using test::PendingTokens;
using test::SeededRandom;
using test::TermsOf;

const crypto::SecretText& Passphrase() {
  static const crypto::SecretText passphrase("a passphrase of the employee's");
  return passphrase;
}

Wallet SomeWallet(size_t unspent, size_t pending) {
  SeededRandom random("wallet");
  Wallet wallet{.organisation = test::Organisation(), .pending = PendingTokens(TermsOf(TokenKind::kEscrow), pending, random), .unspent = {}};
  if (unspent > 0) {
    const auto drawn = PendingTokens(TermsOf(TokenKind::kEmployment), unspent, random);
    wallet.unspent = *FinishTokens(Announced("issuer", TokenKind::kEmployment), drawn, Answer(IssuingKey("issuer"), drawn));
  }
  return wallet;
}

TEST(Wallet, ComesBackAndItsTokensCanBeSpentAndFinished) {
  const Wallet wallet = SomeWallet(3, 2);
  SeededRandom random("seal");
  const auto text = WalletText(wallet, Passphrase(), random);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*WalletOrganisation(*text), wallet.organisation);
  const auto read = ReadWallet(*text, Passphrase());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->unspent.size(), 3u);
  const Digest request = Fixed<Digest>("request");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(SpendToken(read->unspent[i], request), SpendToken(wallet.unspent[i], request));
  ASSERT_EQ(read->pending.size(), 2u);
  const auto finished = FinishTokens(Announced("escrow issuer", TokenKind::kEscrow), read->pending,
                                     Answer(IssuingKey("escrow issuer"), wallet.pending));
  EXPECT_TRUE(finished.ok()) << finished.status();
}

TEST(Wallet, IsOfOneLengthWhetherOneTokenIsLeftOrTwenty) {
  SeededRandom random("seal");
  const size_t size = WalletText(SomeWallet(0, 0), Passphrase(), random)->size();
  EXPECT_EQ(WalletText(SomeWallet(1, 0), Passphrase(), random)->size(), size);
  EXPECT_EQ(WalletText(SomeWallet(12, 8), Passphrase(), random)->size(), size);
  EXPECT_GT(WalletText(SomeWallet(40, 0), Passphrase(), random)->size(), size) << "control";
}

TEST(Wallet, SaysNothingOfItsTokensInTheClear) {
  const Wallet wallet = SomeWallet(1, 1);
  SeededRandom random("seal");
  const std::string text = *WalletText(wallet, Passphrase(), random);
  for (const std::string& word : {std::string("employment"), std::string("2026"), crypto::Base64Encode(wallet.unspent[0].nonce.view()),
                                  crypto::Base64Encode(wallet.pending[0].blinded.blinded.view())})
    EXPECT_EQ(text.find(word), std::string::npos) << word;
}

TEST(Wallet, OpensWithItsPassphraseAlone) {
  SeededRandom random("seal");
  const std::string text = *WalletText(SomeWallet(1, 0), Passphrase(), random);
  EXPECT_REFUSED(ReadWallet(text, crypto::SecretText("another passphrase")).status(), kWrongPassphrase);
  std::string moved = text;
  moved.replace(moved.find("organisation ") + 13, 1, "a");
  ASSERT_NE(moved, text);
  EXPECT_REFUSED(ReadWallet(moved, Passphrase()).status(), kWrongPassphrase) << "another organisation's";
  EXPECT_REFUSED(ReadWallet(text + "x", Passphrase()).status(), kMalformed);
  EXPECT_REFUSED(ReadWallet("alcove.wallet.v2" + text.substr(16), Passphrase()).status(), kMalformed);
  EXPECT_TRUE(ReadWallet(text, Passphrase()).ok()) << "control";
}

TEST(Wallet, TakesNoTokenOfAnotherOrganisation) {
  Wallet wallet = SomeWallet(1, 0);
  wallet.organisation = Fixed<OrganisationId>("another");
  SeededRandom random("seal");
  EXPECT_REFUSED(WalletText(wallet, Passphrase(), random).status(), kMalformed);
}

TEST(TokenBatch, AndItsAnswerComeBackAndFitTogether) {
  SeededRandom random("batch");
  const TokenTerms terms = TermsOf(TokenKind::kEmployment);
  const auto pending = PendingTokens(terms, 4, random);
  const std::string batch_text = *TokenBatchText({terms, Blinded(pending)});
  const auto batch = ParseTokenBatch(batch_text);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->terms, terms);
  EXPECT_EQ(batch->blinded, Blinded(pending));
  EXPECT_EQ(*TokenBatchText(*batch), batch_text);

  const std::string answer_text = *TokenAnswerText({terms, Answer(IssuingKey("issuer"), pending)});
  const auto answer = ParseTokenAnswer(answer_text);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(FinishTokens(Announced("issuer", TokenKind::kEmployment), pending, answer->evaluated).ok());
  EXPECT_EQ(*TokenAnswerText(*answer), answer_text);

  for (const std::string& text : {batch_text, answer_text}) {
    const auto parses = [](const std::string& bad) { return ParseTokenBatch(bad).ok() || ParseTokenAnswer(bad).ok(); };
    ASSERT_TRUE(parses(text)) << "control";
    EXPECT_FALSE(parses(text + "\n"));
    EXPECT_FALSE(parses(text.substr(0, text.size() - 1)));
    std::string bad = text;
    bad.replace(bad.find("employment"), 10, "employee");
    EXPECT_FALSE(parses(bad));
    bad = text;
    bad.replace(bad.find("-Q"), 2, "-q");
    EXPECT_FALSE(parses(bad));
  }
  EXPECT_FALSE(TokenBatchText({terms, {}}).ok());
  EXPECT_FALSE(TokenBatchText({terms, std::vector<crypto::RistrettoPoint>(257, pending[0].blinded.blinded)}).ok());
}

}  // namespace
}  // namespace alcove::format
