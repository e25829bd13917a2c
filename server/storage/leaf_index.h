// Where each leaf stands in the ledger's tree, by its hash. Lives in memory and follows the rows: the tiles and the tail of the
// tree hold every leaf hash in order, so the index is made anew from them at start (store.cc) and is never stored. A row for each
// place would be two of nine that a filing writes, and 60 MB a year of dummies.
//
// Keeps 32 bits of a hash and 32 of its place, 11 to 16 bytes a leaf: about 8 MB for a year of hourly cuts. So a hash has
// *candidates*, nearly always one or none; whoever asks looks at the tile (records.cc) before believing any.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <span>
#include <vector>

#include "crypto/bytes.h"

namespace alcove::storage {

class LeafIndex {
 public:
  // The next leaves in the tree's order. At most ledger::kMaxSize and a block in all.
  void Append(std::span<const crypto::Digest> leaf_hashes);

  // The next leaves are there and cannot be read: from here on who asks for a leaf that is not found must be told so.
  void Skip(std::uint64_t leaves);
  bool whole() const;

  // Places where the leaf may stand; where none is right, it is in no tree.
  std::vector<std::uint64_t> Candidates(const crypto::Digest& leaf_hash) const;

  std::uint64_t size() const;

 private:
  struct Slot {
    std::uint32_t prefix = 0;  // of the hash
    std::uint32_t place = kEmpty;
  };
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  // The first slot to look at. The hash is of salted content, so nobody can choose where leaves crowd.
  std::size_t FirstFor(std::uint32_t prefix) const;
  void Insert(Slot slot);
  void Grow();

  mutable std::shared_mutex mutex_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;     // slots
  std::uint64_t size_ = 0;   // leaves, with those that were skipped
  bool whole_ = true;
};

}  // namespace alcove::storage
