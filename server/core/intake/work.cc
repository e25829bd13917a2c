#include "server/core/intake/work.h"

#include <algorithm>

#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/puzzle.h"
#include "server/core/intake/errors.h"

namespace alcove::intake {
namespace {

constexpr std::size_t kPlainSize = 4 + 1 + 16;
constexpr std::size_t kMacSize = 16;
constexpr std::uint32_t kLifetimeSeconds = 60;

std::uint32_t SecondsOf(const base::Clock& clock) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(clock.Elapsed()).count());
}

crypto::Bytes MacOf(const crypto::SymmetricKey& key, crypto::BytesView plain) {
  return crypto::Bytes(crypto::KeyedBlake2b256(key, plain).view().substr(0, kMacSize));
}

}  // namespace

WorkGate::WorkGate(crypto::SymmetricKey mac_key, const WorkTerms& terms, const base::Clock& clock,
                   crypto::Random& random)
    : mac_key_(std::move(mac_key)), terms_(terms), clock_(clock), random_(random) {}

WorkGate::Challenge WorkGate::Issue() {
  Challenge issued;
  issued.price = price();
  format::ByteWriter plain(kPlainSize + kMacSize);
  plain.U32(SecondsOf(clock_)).U8(static_cast<std::uint8_t>(issued.price)).Raw(random_.Draw(16));
  issued.challenge = plain.bytes() + MacOf(mac_key_, plain.bytes());
  return issued;
}

std::uint32_t WorkGate::price() const {
  std::lock_guard lock(mutex_);
  return PriceNow();
}

// Generations are minutes of the monotonic clock.
void WorkGate::Turn() const {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::minutes>(clock_.Elapsed()).count();
  if (now == generation_) return;
  const bool next = now == generation_ + 1;
  spent_[1] = next ? std::move(spent_[0]) : std::unordered_set<std::string>();
  paid_[1] = next ? paid_[0] : 0;
  spent_[0] = {};
  paid_[0] = 0;
  generation_ = now;
}

std::uint32_t WorkGate::PriceNow() const {
  if (terms_.base_price <= 0) return 0;
  Turn();
  const std::uint32_t load = std::max(paid_[0], paid_[1]);
  if (load < terms_.free_calls) return 0;
  int price = terms_.base_price;
  for (std::uint64_t borne = terms_.calm_calls; load > borne && price < terms_.most_bits; borne *= 2) ++price;
  return static_cast<std::uint32_t>(price);
}

absl::Status WorkGate::Pay(crypto::BytesView challenge, crypto::BytesView solution) {
  if (terms_.base_price <= 0) return absl::OkStatus();
  if (terms_.free_calls > 0) {
    std::lock_guard lock(mutex_);
    if (PriceNow() == 0) {
      ++paid_[0];
      return absl::OkStatus();
    }
  }
  if (challenge.size() != kPlainSize + kMacSize) return WorkRequired();
  const crypto::BytesView plain = challenge.substr(0, kPlainSize);
  if (!crypto::ConstantTimeEquals(MacOf(mac_key_, plain), challenge.substr(kPlainSize))) return WorkRequired();
  format::ByteReader reader(plain);
  const std::uint32_t issued = reader.U32();
  const std::uint8_t bits = reader.U8();
  const std::uint32_t now = SecondsOf(clock_);
  if (now < issued || now - issued > kLifetimeSeconds) return WorkRequired();
  if (!crypto::Solves(challenge, solution, bits)) return WorkRequired();

  // The random part names the challenge.
  const std::string name(plain.substr(5));
  std::lock_guard lock(mutex_);
  Turn();
  if (terms_.free_calls > 0 && (bits == 0 || bits + 1u < PriceNow())) return WorkRequired();
  if (spent_[0].contains(name) || spent_[1].contains(name)) return WorkRequired();
  if (spent_[0].size() + spent_[1].size() >= terms_.most_spent) return BudgetExhausted();
  spent_[0].insert(name);
  ++paid_[0];
  return absl::OkStatus();
}

}  // namespace alcove::intake
