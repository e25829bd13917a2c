// Tokens of the tests: keys by name, batches from seeded bytes.
#pragma once

#include <vector>

#include "crypto/format/token.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format::test {

inline crypto::VoprfKey IssuingKey(BytesView who) {
  SeededRandom random(Bytes("issuing key of ") + Bytes(who));
  return crypto::VoprfKey::Draw(random);
}

// The quarter in which TestDirectory begins to be valid.
inline Quarter TestQuarter() { return Quarter::Of(*Day::FromCivil(2026, 11, 1)); }

inline TokenTerms TermsOf(TokenKind kind, Quarter quarter = TestQuarter()) {
  return {.organisation = Organisation(), .kind = kind, .quarter = quarter};
}

inline TokenKey Announced(BytesView who, TokenKind kind, Quarter quarter = TestQuarter()) {
  return {.kind = kind, .quarter = quarter, .key = IssuingKey(who).public_key()};
}

inline std::vector<PendingToken> PendingTokens(const TokenTerms& terms, size_t count, crypto::Random& random) {
  std::vector<PendingToken> pending;
  for (size_t i = 0; i < count; ++i) {
    auto token = DrawToken(terms, random);
    EXPECT_TRUE(token.ok()) << token.status();
    pending.push_back(std::move(*token));
  }
  return pending;
}

// What goes to the issuer.
inline std::vector<crypto::RistrettoPoint> Blinded(const std::vector<PendingToken>& pending) {
  std::vector<crypto::RistrettoPoint> blinded;
  for (const PendingToken& token : pending) blinded.push_back(token.blinded.blinded);
  return blinded;
}

inline crypto::VoprfEvaluated Answer(const crypto::VoprfKey& key, const std::vector<PendingToken>& pending) {
  SeededRandom random("proof");
  auto evaluated = crypto::VoprfBlindEvaluate(key, Blinded(pending), random);
  EXPECT_TRUE(evaluated.ok()) << evaluated.status();
  return *evaluated;
}

}  // namespace alcove::format::test
