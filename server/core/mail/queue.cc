#include "server/core/mail/queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "crypto/hash.h"

namespace alcove::mail {
namespace {

bool Has(const std::vector<AddressHash>& list, const AddressHash& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

AddressHash HashOf(std::string_view address, const crypto::SymmetricKey& key) {
  const crypto::Digest digest = crypto::KeyedBlake2b256(key, address);
  return *AddressHash::FromBytes(digest.view().substr(0, AddressHash::kSize));
}

std::optional<Queue> Due(const Queue* last, base::Instant now, int hour, const std::vector<AddressHash>& listed) {
  const base::Day today = base::DayOf(now);
  const bool begun = now >= base::StartOf(today) + std::chrono::hours(hour);
  Queue queue;
  if (last == nullptr || (last->day < today && begun)) {
    queue.day = begun ? today : today.PlusDays(-1);
    if (!begun) return queue;
    for (const AddressHash& address : listed)
      if (!Has(queue.owed, address)) queue.owed.push_back(address);
    return queue;
  }
  if (last->day > today) return std::nullopt;
  queue = *last;
  std::erase_if(queue.owed, [&](const AddressHash& address) { return !Has(listed, address); });
  if (queue.owed.size() == last->owed.size()) return std::nullopt;
  return queue;
}

Queue Trying(Queue queue, const AddressHash& to) {
  std::erase(queue.owed, to);
  queue.trying = to;
  return queue;
}

Queue Tried(Queue queue, Sent sent) {
  if (queue.trying && sent == Sent::kNotTaken) queue.owed.push_back(*queue.trying);
  queue.trying.reset();
  return queue;
}

}  // namespace alcove::mail
