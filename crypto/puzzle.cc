#include "crypto/puzzle.h"

#include <algorithm>
#include <bit>

#include "crypto/hash.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

constexpr std::string_view kLabel{"alcove work v1\0", 15};
constexpr size_t kSolution = 8;

bool HasZeros(const unsigned char* hash, int bits) {
  for (int i = 0; bits > 0; ++i, bits -= 8) {
    if (std::countl_zero(hash[i]) < std::min(bits, 8)) return false;
  }
  return true;
}

// One challenge, many attempts: the key block is hashed once.
class Attempt {
 public:
  explicit Attempt(BytesView challenge) {
    const Digest key = Sha256(challenge);
    crypto_generichash_init(&keyed_, key.data(), Digest::kSize, crypto_generichash_BYTES);
    crypto_generichash_update(&keyed_, internal::Raw(kLabel), kLabel.size());
  }
  bool Solves(BytesView solution, int bits) const {
    crypto_generichash_state state = keyed_;
    crypto_generichash_update(&state, internal::Raw(solution), solution.size());
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_final(&state, hash, sizeof hash);
    return HasZeros(hash, bits);
  }

 private:
  crypto_generichash_state keyed_;
};

}  // namespace

bool Solves(BytesView challenge, BytesView solution, int bits) {
  if (bits < 0 || bits > kPuzzleMostBits || solution.size() != kSolution) return false;
  return Attempt(challenge).Solves(solution, bits);
}

absl::StatusOr<Bytes> Solve(BytesView challenge, int bits) {
  if (bits < 0 || bits > kPuzzleMostBits) return errors::OutOfRange("the price of work");
  const Attempt attempt(challenge);
  Bytes solution(kSolution, '\0');
  for (uint64_t number = 0;; ++number) {
    for (size_t i = 0; i < kSolution; ++i) solution[kSolution - 1 - i] = static_cast<char>(number >> (8 * i));
    if (attempt.Solves(solution, bits)) return solution;
  }
}

}  // namespace alcove::crypto
