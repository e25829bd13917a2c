#include "server/rpc/session/nobody.h"

#include <cstdint>

#include "crypto/hash.h"

namespace alcove::rpc {
namespace {

std::vector<Nobody::Pair> DrawPairs(crypto::Random& random) {
  std::vector<Nobody::Pair> pairs(Nobody::kPairs);
  for (Nobody::Pair& pair : pairs)
    for (crypto::VerifyKey& key : pair) key = crypto::SigningKey::Draw(random).verify_key();
  return pairs;
}

}  // namespace

Nobody::Nobody(crypto::Random& random) : Nobody(DrawPairs(random), crypto::SymmetricKey::Draw(random)) {}

const Nobody::Pair& Nobody::KeysFor(std::string_view principal) const {
  const crypto::Digest digest = crypto::KeyedBlake2b256(key_, principal);
  const std::size_t which = static_cast<std::size_t>(digest.data()[0]) << 8 | digest.data()[1];
  return pairs_[which % pairs_.size()];
}

}  // namespace alcove::rpc
