#include "crypto/shamir.h"

#include <array>

#include "crypto/ristretto.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

struct Tag {};
using Scalar = Secret<32, Tag>;
using PublicScalar = std::array<unsigned char, 32>;

PublicScalar FromIndex(uint8_t index) { return PublicScalar{index}; }

}  // namespace

ShamirSecret DrawShamirSecret(Random& random) {
  ShamirSecret secret = ShamirSecret::Blank();
  internal::DrawScalar(random, secret.mutable_bytes());
  return secret;
}

absl::StatusOr<std::vector<ShamirShare>> SplitSecret(const ShamirSecret& secret, int k, int n, Random& random) {
  if (k < 1 || n < k || n > 255) return errors::OutOfRange("k of n");
  if (!internal::IsCanonicalScalar(secret.data())) return errors::NotCanonical("the shared secret");
  // coefficients[i] belongs to x^(i+1); the secret is the value at 0.
  std::vector<Scalar> coefficients;
  for (int i = 1; i < k; ++i) {
    coefficients.push_back(Scalar::Blank());
    internal::DrawScalar(random, coefficients.back().mutable_bytes());
  }
  std::vector<ShamirShare> shares;
  shares.reserve(static_cast<size_t>(n));
  for (int index = 1; index <= n; ++index) {
    const PublicScalar x = FromIndex(static_cast<uint8_t>(index));
    ShamirShare share{static_cast<uint8_t>(index), Secret<32, ShamirShareTag>::Blank()};
    uint8_t* value = share.value.mutable_bytes();
    // Horner, from the highest coefficient down. libsodium's scalar functions allow output and input to be one.
    for (size_t i = coefficients.size(); i > 0; --i) {
      crypto_core_ristretto255_scalar_add(value, value, coefficients[i - 1].data());
      crypto_core_ristretto255_scalar_mul(value, value, x.data());
    }
    crypto_core_ristretto255_scalar_add(value, value, secret.data());
    shares.push_back(std::move(share));
  }
  return shares;
}

absl::StatusOr<ShamirSecret> CombineShares(const std::vector<ShamirShare>& shares) {
  if (shares.empty()) return errors::OutOfRange("the number of shares");
  std::array<bool, 256> seen{};
  for (const ShamirShare& share : shares) {
    if (share.index == 0 || seen[share.index]) return errors::OutOfRange("the index of a share");
    seen[share.index] = true;
    if (!internal::IsCanonicalScalar(share.value.data())) return errors::NotCanonical("a share");
  }
  ShamirSecret secret = ShamirSecret::Blank();
  Scalar term = Scalar::Blank();
  for (const ShamirShare& share : shares) {
    // Lagrange at 0: the product of x_j / (x_j - x_i) over all others.
    const PublicScalar xi = FromIndex(share.index);
    PublicScalar numerator{1};
    PublicScalar denominator{1};
    for (const ShamirShare& other : shares) {
      if (other.index == share.index) continue;
      const PublicScalar xj = FromIndex(other.index);
      PublicScalar difference;
      crypto_core_ristretto255_scalar_sub(difference.data(), xj.data(), xi.data());
      crypto_core_ristretto255_scalar_mul(numerator.data(), numerator.data(), xj.data());
      crypto_core_ristretto255_scalar_mul(denominator.data(), denominator.data(), difference.data());
    }
    PublicScalar inverse;
    if (crypto_core_ristretto255_scalar_invert(inverse.data(), denominator.data()) != 0) {
      return errors::OutOfRange("the index of a share");
    }
    crypto_core_ristretto255_scalar_mul(numerator.data(), numerator.data(), inverse.data());
    crypto_core_ristretto255_scalar_mul(term.mutable_bytes(), share.value.data(), numerator.data());
    crypto_core_ristretto255_scalar_add(secret.mutable_bytes(), secret.data(), term.data());
  }
  return secret;
}

}  // namespace alcove::crypto
