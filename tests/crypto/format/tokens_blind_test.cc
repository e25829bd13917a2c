// P10 of tokens: whoever issued them, key and all, learns nothing of which was spent on what. Any batch that was issued could have
// become any token that was spent: shown by algebra where the algebra can be known, and by counting where it cannot.
#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <cmath>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "crypto/format/token.h"
#include "crypto/hash.h"
#include "crypto/voprf.h"

namespace alcove::format {
namespace {

using crypto::RistrettoPoint;
using format::PendingToken;

class Seeded final : public crypto::Random {
 public:
  explicit Seeded(std::string seed) : seed_(std::move(seed)) {}
  void Fill(std::uint8_t* out, std::size_t size) override {
    for (; size > 0; --size) {
      if (left_.empty()) left_ = crypto::Sha256(seed_ + "/" + std::to_string(block_++)).str();
      *out++ = static_cast<std::uint8_t>(left_.back());
      left_.pop_back();
    }
  }

 private:
  std::string seed_;
  std::uint64_t block_ = 0;
  crypto::Bytes left_;
};

// The nonce comes first and is always the same; what follows, the blind, is not.
class SameNonce final : public crypto::Random {
 public:
  explicit SameNonce(crypto::Random& rest) : rest_(rest) {}
  void Fill(std::uint8_t* out, std::size_t size) override {
    if (!drawn_) std::fill(out, out + size, std::uint8_t{7});
    else rest_.Fill(out, size);
    drawn_ = true;
  }

 private:
  crypto::Random& rest_;
  bool drawn_ = false;
};

const format::TokenTerms kTerms{*format::OrganisationId::FromBytes(std::string(16, 'o')), format::TokenKind::kEmployment,
                                format::Quarter(2026 * 4 + 3)};

PendingToken Drawn(crypto::Random& random) { return *format::DrawToken(kTerms, random); }
PendingToken OfOneNonce(crypto::Random& rest) {
  SameNonce random(rest);
  return *format::DrawToken(kTerms, random);
}

std::vector<RistrettoPoint> Blinded(const std::vector<PendingToken>& pending) {
  std::vector<RistrettoPoint> blinded;
  for (const PendingToken& token : pending) blinded.push_back(token.blinded.blinded);
  return blinded;
}

using Scalar = std::array<std::uint8_t, 32>;

Scalar DrawnScalar(crypto::Random& random) {
  std::array<std::uint8_t, 64> wide;
  random.Fill(wide.data(), wide.size());
  Scalar scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.data(), wide.data());
  return scalar;
}
Scalar Inverse(const Scalar& of) {
  Scalar inverse;
  EXPECT_EQ(crypto_core_ristretto255_scalar_invert(inverse.data(), of.data()), 0);
  return inverse;
}
Scalar Product(const Scalar& a, const Scalar& b) {
  Scalar product;
  crypto_core_ristretto255_scalar_mul(product.data(), a.data(), b.data());
  return product;
}
RistrettoPoint Times(const Scalar& scalar, const RistrettoPoint& point) {
  RistrettoPoint result;
  EXPECT_EQ(crypto_scalarmult_ristretto255(result.data(), scalar.data(), point.data()), 0);
  return result;
}
RistrettoPoint OfGenerator(const Scalar& scalar) {
  RistrettoPoint point;
  EXPECT_EQ(crypto_scalarmult_ristretto255_base(point.data(), scalar.data()), 0);
  return point;
}

// What an issuer keeps of a batch is an element B, its answer kB, and a proof about the two. What it sees when a token is spent
// is an input H and kH. For every B and every H there is a blind r with B = rH, and then kB = r(kH): the issuer's record fits every
// token there is. Here the logarithms are known, so that r can be computed.
TEST(Tokens, P10_HrBlind_EveryElementThatWasIssuedFitsEveryTokenThatWasSpent) {
  Seeded random("algebra");
  const crypto::VoprfKey key = crypto::VoprfKey::Draw(random);
  Scalar k;
  std::copy(key.data(), key.data() + k.size(), k.begin());
  std::vector<Scalar> inputs, blinded;
  std::vector<RistrettoPoint> batch;
  for (int i = 0; i < 6; ++i) {
    inputs.push_back(DrawnScalar(random));
    blinded.push_back(DrawnScalar(random));
    batch.push_back(OfGenerator(blinded.back()));
  }
  const auto issued = crypto::VoprfBlindEvaluate(key, batch, random);
  ASSERT_TRUE(issued.ok()) << issued.status();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (const Scalar& input : inputs) {
      const RistrettoPoint element = OfGenerator(input);
      const Scalar blind = Product(blinded[i], Inverse(input));
      EXPECT_EQ(Times(blind, element), batch[i]) << "this blind makes the issued element of this token";
      EXPECT_EQ(Times(Inverse(blind), issued->elements[i]), Times(k, element)) << "and unblinds the answer to this token's value";
    }
  }
  // Control: an answer under another key fits none of them, which is how a client would notice that it is marked.
  const auto marked = crypto::VoprfBlindEvaluate(crypto::VoprfKey::Draw(random), batch, random);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Scalar blind = Product(blinded[i], Inverse(inputs[0]));
    EXPECT_NE(Times(Inverse(blind), marked->elements[i]), Times(k, OfGenerator(inputs[0])));
  }
}

// A token as it is spent follows from nonce, key and request. Who fetched it, with which blind, in which batch, at which place and
// in which order, leaves no bit in it.
TEST(Tokens, P10_HrBlind_HowATokenWasFetchedLeavesNoBitInIt) {
  Seeded random("order");
  const crypto::VoprfKey key = crypto::VoprfKey::Draw(random);
  const format::TokenKey announced{kTerms.kind, kTerms.quarter, key.public_key()};
  const crypto::Digest request = crypto::Sha256("a report");
  std::set<crypto::Bytes> spent;
  std::set<std::string> seen;
  for (std::size_t place = 0; place < 4; ++place) {
    std::vector<PendingToken> batch;
    for (std::size_t i = 0; i < 4; ++i) batch.push_back(i == place ? OfOneNonce(random) : Drawn(random));
    const auto issued = crypto::VoprfBlindEvaluate(key, Blinded(batch), random);
    const auto tokens = format::FinishTokens(announced, batch, *issued);
    ASSERT_TRUE(tokens.ok()) << tokens.status();
    spent.insert(format::SpendToken((*tokens)[place], request));
    seen.insert(batch[place].blinded.blinded.str());
    for (std::size_t i = 0; i < 4; ++i) {
      if (i == place) continue;
      EXPECT_FALSE(spent.contains(format::SpendToken((*tokens)[i], request))) << "control: another token is another";
    }
  }
  EXPECT_EQ(spent.size(), 1u) << "the same token, byte for byte, however it was fetched";
  EXPECT_EQ(seen.size(), 4u) << "and each time the issuer saw something else";
}

// What the issuer sees of one token fetched again and again is spread like anything: every bit of the encoding as often one as zero.
// (Bit 0 is the sign and always zero, bit 255 is never used.)
TEST(Tokens, P10_HrBlind_BlindedElementsOfOneTokenAreSpreadEvenly) {
  Seeded random("spread");
  constexpr int kDraws = 1500;
  std::array<int, 256> ones{};
  for (int i = 0; i < kDraws; ++i) {
    const PendingToken token = OfOneNonce(random);
    for (std::size_t bit = 0; bit < 256; ++bit) ones[bit] += token.blinded.blinded.data()[bit / 8] >> (bit % 8) & 1;
  }
  const double allowed = 5 * std::sqrt(kDraws) / 2;
  for (std::size_t bit = 1; bit < 255; ++bit) EXPECT_NEAR(ones[bit], kDraws / 2.0, allowed) << bit;
  // Control: without the blind the issuer would see the same element each time.
  Seeded fixed_rest("one blind");
  const std::string once = OfOneNonce(fixed_rest).blinded.blinded.str();
  Seeded fixed_again("one blind");
  EXPECT_EQ(OfOneNonce(fixed_again).blinded.blinded.str(), once);
}

}  // namespace
}  // namespace alcove::format
