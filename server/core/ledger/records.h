// The rows of the ledger. Shapes of the keys: base/tables.h. How each is written to disk: server/storage.
//
// The first three are written by the Journal for every commit group that has leaves (see group.h), but for LeafPlace, which is of
// scope memory (base/tables.h): what it says is in the tiles. The others are written by decisions, as any row is. The opening of a leaf that belongs to a case is a row of that case, under its key, and dies
// with it: cases/records.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"

namespace alcove::ledger {

// Where a leaf stands. Written for dummy leaves too: whoever asks for the proof of any leaf of the tree gets one.
struct LeafPlace : base::Record {
  static constexpr base::Table kTable = base::Table::kLeaf;
  std::string key() const { return leaf_hash.str(); }

  crypto::Digest leaf_hash;
  std::uint64_t index = 0;
};

// One tile of the tree (tree.h): 1 to 256 hashes. Replaced as it fills.
struct Tile : base::Record {
  static constexpr base::Table kTable = base::Table::kTile;
  std::string key() const { return base::RowKey(level, index); }

  std::uint8_t level = 0;
  std::uint64_t index = 0;
  std::vector<crypto::Digest> hashes;
};

// What a restart needs besides the tiles. To be written padded to 63 hashes, so that its size tells nothing.
struct Tree : base::Record {
  static constexpr base::Table kTable = base::Table::kTree;
  std::string key() const { return {}; }

  std::uint64_t size = 0;  // leaves, dummies included
  crypto::Digest root;
  std::vector<crypto::Digest> hashes;  // the size mod 64 newest leaf hashes
};

// A tree that was shown to the world: never changed, never deleted.
struct Checkpoint : base::Record {
  static constexpr base::Table kTable = base::Table::kCheckpoint;
  std::string key() const { return base::RowKey(size); }

  std::uint64_t size = 0;
  crypto::Digest root;
  crypto::Bytes note;  // the signed note, byte for byte
};

// Which checkpoint is the newest.
struct Published : base::Record {
  static constexpr base::Table kTable = base::Table::kPublished;
  std::string key() const { return {}; }

  std::uint64_t size = 0;
  base::Instant cut;
};

// A leaf that belongs to no case: a list, a refusal, a publication.
struct Opening : base::Record {
  static constexpr base::Table kTable = base::Table::kOpening;
  std::string key() const { return leaf_hash.str(); }

  crypto::Digest leaf_hash;
  crypto::Bytes content;  // "ALL1"
  crypto::Bytes salt;     // 32 bytes
};

// The newest minute for which the ledger has a refusal to this person (refusals.h).
struct Refusal : base::Record {
  static constexpr base::Table kTable = base::Table::kRefusal;
  std::string key() const { return base::RowKey(staff); }

  base::StaffSlug staff;
  std::uint32_t minute = 0;  // since 1970
};

}  // namespace alcove::ledger
