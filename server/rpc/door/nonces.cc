#include "server/rpc/door/nonces.h"

#include <string>

#include "crypto/hash.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {
namespace {

constexpr std::size_t kHead = 32;  // elapsed8 random24
static_assert(kHead + crypto::Digest::kSize == Nonces::kSize);

void AppendBigEndian(std::uint64_t number, crypto::Bytes* out) {
  for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(number >> shift));
}

std::uint64_t ReadBigEndian(crypto::BytesView bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(i)]);
  return number;
}

}  // namespace

Nonces::Nonces(const base::Clock& clock, crypto::Random& random)
    : clock_(clock), random_(random), key_(crypto::SymmetricKey::Draw(random)) {}

crypto::Bytes Nonces::Mac(std::string_view principal, crypto::BytesView head) const {
  crypto::Bytes message(head);
  message.append(principal);
  return crypto::KeyedBlake2b256(key_, message).str();
}

crypto::Bytes Nonces::Give(std::string_view principal) {
  crypto::Bytes nonce;
  nonce.reserve(kSize);
  AppendBigEndian(static_cast<std::uint64_t>(clock_.Elapsed().count()), &nonce);
  nonce += random_.Draw(kHead - nonce.size());
  nonce += Mac(principal, nonce);
  return nonce;
}

bool Nonces::Genuine(std::string_view principal, crypto::BytesView nonce) const {
  if (nonce.size() != kSize) return false;
  const crypto::BytesView head = nonce.substr(0, kHead);
  if (!crypto::ConstantTimeEquals(Mac(principal, head), nonce.substr(kHead))) return false;
  const std::chrono::milliseconds given(static_cast<std::int64_t>(ReadBigEndian(head)));
  return clock_.Elapsed() - given <= kLifetime;
}

absl::Status Nonces::Spend(crypto::BytesView nonce) {
  const std::lock_guard lock(mutex_);
  const std::chrono::milliseconds now = clock_.Elapsed();
  if (now - generation_begun_ > kLifetime) {
    const bool both_old = now - generation_begun_ > 2 * kLifetime;
    spent_before_ = both_old ? std::unordered_set<std::string>() : std::move(spent_);
    spent_.clear();
    generation_begun_ = now;
  }
  std::string key(nonce.substr(0, kHead));
  if (spent_.contains(key) || spent_before_.contains(key)) return base::Refuse(base::Reason::kSignInRefused);
  if (spent_.size() + spent_before_.size() >= kMostSpent) return base::Refuse(base::Reason::kBudgetExhausted);
  spent_.insert(std::move(key));
  return absl::OkStatus();
}

}  // namespace alcove::rpc
