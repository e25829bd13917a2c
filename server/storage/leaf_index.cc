#include "server/storage/leaf_index.h"

#include <mutex>
#include <utility>

namespace alcove::storage {
namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint32_t PrefixOf(const crypto::Digest& hash) {
  std::uint32_t prefix = 0;
  for (int i = 0; i < 4; ++i) prefix = prefix << 8 | hash.data()[i];
  return prefix;
}

}  // namespace

std::size_t LeafIndex::FirstFor(std::uint32_t prefix) const {
  return static_cast<std::size_t>(std::uint64_t{prefix} * slots_.size() >> 32);
}

void LeafIndex::Insert(Slot slot) {
  std::size_t at = FirstFor(slot.prefix);
  while (slots_[at].place != kEmpty) at = at + 1 == slots_.size() ? 0 : at + 1;
  slots_[at] = slot;
}

void LeafIndex::Grow() {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(kFirstSlots + slots_.size() / 2 * 3));
  for (const Slot& slot : before)
    if (slot.place != kEmpty) Insert(slot);
}

void LeafIndex::Append(std::span<const crypto::Digest> leaf_hashes) {
  const std::unique_lock lock(mutex_);
  for (const crypto::Digest& hash : leaf_hashes) {
    if ((used_ + 1) * 4 > slots_.size() * 3) Grow();  // a quarter stays empty, or searches grow long
    Insert({PrefixOf(hash), static_cast<std::uint32_t>(size_++)});
    ++used_;
  }
}

void LeafIndex::Skip(std::uint64_t leaves) {
  const std::unique_lock lock(mutex_);
  size_ += leaves;
  whole_ = false;
}

bool LeafIndex::whole() const {
  const std::shared_lock lock(mutex_);
  return whole_;
}

std::vector<std::uint64_t> LeafIndex::Candidates(const crypto::Digest& leaf_hash) const {
  std::vector<std::uint64_t> places;
  const std::shared_lock lock(mutex_);
  if (slots_.empty()) return places;
  const std::uint32_t prefix = PrefixOf(leaf_hash);
  for (std::size_t at = FirstFor(prefix); slots_[at].place != kEmpty; at = at + 1 == slots_.size() ? 0 : at + 1)
    if (slots_[at].prefix == prefix) places.push_back(slots_[at].place);
  return places;
}

std::uint64_t LeafIndex::size() const {
  const std::shared_lock lock(mutex_);
  return size_;
}

}  // namespace alcove::storage
