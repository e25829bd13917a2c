// From random bytes to a number: a hash table for keys that are hashes or random ids already, so that their first bytes
// are the hash. Flat: the keys in the order they came, their numbers beside them, and slots at most half full. A table of
// 200,000 tags takes 9 MB.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace alcove::people {

template <class Key>
class KeyTable {
 public:
  void Reserve(std::size_t count) {
    keys_.reserve(count);
    values_.reserve(count);
    if (count * 2 > slots_.size()) Resize(count * 2);
  }

  // False, and nothing changed, when the key is there already.
  bool Add(const Key& key, std::uint32_t value) {
    if ((keys_.size() + 1) * 2 > slots_.size()) Resize(slots_.size() * 2);
    const std::size_t slot = SlotFor(key);
    if (slots_[slot] != 0) return false;
    keys_.push_back(key);
    values_.push_back(value);
    slots_[slot] = static_cast<std::uint32_t>(keys_.size());
    return true;
  }

  // Null when it is not there. Good until the next Add.
  const std::uint32_t* Find(const Key& key) const {
    const std::uint32_t found = slots_[SlotFor(key)];
    return found == 0 ? nullptr : &values_[found - 1];
  }

  std::size_t size() const { return keys_.size(); }
  const std::vector<Key>& keys() const { return keys_; }              // in the order of adding
  const std::vector<std::uint32_t>& values() const { return values_; }

 private:
  // The slot of the key, or the free one where it would go.
  std::size_t SlotFor(const Key& key) const {
    std::uint64_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof(hash));
    std::size_t slot = static_cast<std::size_t>(hash) & (slots_.size() - 1);
    while (slots_[slot] != 0 && !(keys_[slots_[slot] - 1] == key)) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }
  void Resize(std::size_t least) {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(least, 2)), 0);
    for (std::size_t i = 0; i < keys_.size(); ++i) slots_[SlotFor(keys_[i])] = static_cast<std::uint32_t>(i) + 1;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> values_;
  std::vector<std::uint32_t> slots_ = {0, 0};  // position plus 1; 0 is free; a power of two
};

}  // namespace alcove::people
