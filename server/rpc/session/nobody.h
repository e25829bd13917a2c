// Keys whose private halves nobody has: what the signatures of absent principals are checked against.
//
// How long a check takes depends on the key: for half of all keys finding the point costs one multiplication more (RFC 8032
// 5.1.3, step 3), and a processor is faster with the bits that it saw a moment ago. So that absent principals differ among
// themselves as those who exist do, there are many pairs, and each name has one of them for as long as the process lives.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "server/rpc/door/principals.h"

namespace alcove::rpc {

// Immutable; safe from any thread.
class Nobody {
 public:
  using Pair = std::array<crypto::VerifyKey, Principals::kMostKeys>;
  static constexpr std::size_t kPairs = 256;

  // Draws kPairs pairs, of which only the public halves are kept, and the key that says which name has which.
  explicit Nobody(crypto::Random& random);
  // `pairs` has at least one.
  Nobody(std::vector<Pair> pairs, crypto::SymmetricKey key) : pairs_(std::move(pairs)), key_(std::move(key)) {}

  const Pair& KeysFor(std::string_view principal) const;

 private:
  const std::vector<Pair> pairs_;
  const crypto::SymmetricKey key_;
};

}  // namespace alcove::rpc
