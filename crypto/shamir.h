// Shamir's secret sharing over the scalar field of ristretto255: k of n shares give the secret, fewer say nothing.
// Shares are not verifiable by themselves: a wrong one gives a wrong secret, which shows when the seal beneath it
// does not open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct ShamirSecretTag {
  static constexpr std::string_view kName = "shared secret";
};
struct ShamirShareTag {
  static constexpr std::string_view kName = "share";
};

// A uniform scalar, little-endian. Use DeriveKey on it, never the scalar itself.
using ShamirSecret = Secret<32, ShamirSecretTag>;

struct ShamirShare {
  uint8_t index;  // 1..255: where the polynomial was evaluated
  Secret<32, ShamirShareTag> value;
};

// Draws 64 bytes.
ShamirSecret DrawShamirSecret(Random& random);

// Shares 1..n, of which any k give the secret; draws 64 bytes for each of k - 1 coefficients. INVALID_ARGUMENT unless
// 1 <= k <= n <= 255 and the secret is a canonical scalar.
absl::StatusOr<std::vector<ShamirShare>> SplitSecret(const ShamirSecret& secret, int k, int n, Random& random);
// INVALID_ARGUMENT for no share, an index of 0, two shares of one index or a value that is not canonical. With fewer
// shares than k the answer is a scalar that has nothing to do with the secret.
absl::StatusOr<ShamirSecret> CombineShares(const std::vector<ShamirShare>& shares);

}  // namespace alcove::crypto
