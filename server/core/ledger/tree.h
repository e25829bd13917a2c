// The tree that the ledger's leaves grow: RFC 6962 section 2.1, SHA-256, append only.
//
// This is the builder. Whoever checks a proof uses crypto/merkle.h, which is written from the other end (iterative,
// over the bits of index and size) and shares no line with this file, the two hash functions included: a mistake made
// here is not repeated there, and tests hold the one to the other.
//
// Shape on disk. A node (level, index) covers the leaves [index * 2^level, (index + 1) * 2^level). Only every eighth
// level is kept: tile (L, T) holds the nodes (8 L, 256 T) to (8 L, 256 T + 255) from the left, the last tile of a level
// as many as exist. Nodes between the kept levels are recomputed from a tile when a proof is asked for. Tiles change
// only when the size passes a multiple of 64; the up to 63 leaf hashes after that stand in the tail row.
//
// Threads: a Frontier belongs to one thread (the Journal's). A Prover belongs to one request.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "crypto/bytes.h"

namespace alcove::ledger {

// Levels between two rows of tiles, and hashes in a full tile.
inline constexpr int kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 256;

// Published sizes are multiples of this, and tiles are brought up to date at these sizes.
inline constexpr uint64_t kBlock = 64;

// The contract carries indexes and sizes in 32 bits.
inline constexpr uint64_t kMaxSize = UINT32_MAX - kBlock;

// SHA-256(0x00 || commitment): what stands in the tree for a leaf.
crypto::Digest LeafHash(const crypto::Digest& commitment);

// SHA-256(0x01 || left || right).
crypto::Digest NodeHash(const crypto::Digest& left, const crypto::Digest& right);

// SHA-256 of nothing: the root of the tree without leaves.
crypto::Digest EmptyRoot();

// Where a tile stands. `level` counts tiles upwards: level 0 holds leaf hashes.
struct TileId {
  uint8_t level = 0;
  uint64_t index = 0;
  auto operator<=>(const TileId&) const = default;
};

// A tile's nodes, 1 to 256 of them, from the left.
using TileHashes = std::vector<crypto::Digest>;

// A tile that a commit has to write, replacing what stood there.
struct TileWrite {
  TileId id;
  TileHashes hashes;
};

// What a restart needs besides the tiles: written, in the same batch, by every commit that appended.
struct TreeTail {
  uint64_t size = 0;
  // Root of all `size` leaves: a restart that computes another one refuses to run.
  crypto::Digest root;
  // The size mod 64 last leaf hashes.
  std::vector<crypto::Digest> hashes;

  // How many leaves the tiles hold; the rest are in `hashes`.
  uint64_t settled() const { return size - size % kBlock; }
};

// Of a tree with this tail, how many leaves are in the tile of that index; it is one of them.
inline uint64_t LeavesInTile(const TreeTail& tail, uint64_t index) {
  return std::min(kTileWidth, tail.settled() - index * kTileWidth);
}

// Port: where tiles are read. Implemented by server/storage over rows, by tests over a map.
class NodeStore {
 public:
  virtual ~NodeStore() = default;

  // The tile, or NotFound when none was ever written there. Any other error ends the request.
  virtual absl::StatusOr<TileHashes> ReadTile(TileId id) const = 0;
};

// The right edge of the tree, in memory: everything that appending needs, about 30 KiB at most.
//
// It is a value. The Journal copies it, appends a commit group to the copy, writes the rows, and keeps the copy only if
// the write succeeded; so a refused write leaves no trace in the tree.
class Frontier {
 public:
  // The tree without leaves.
  Frontier();

  // The tree as the rows describe it. DataLoss when a tile is missing or short, or when the root is not the tail's.
  static absl::StatusOr<Frontier> Restore(const TreeTail& tail, const NodeStore& tiles);

  struct Appended {
    uint64_t index;
    crypto::Digest leaf_hash;
  };

  // Adds a leaf. Costs one hash for the leaf and, on average, one for the nodes it completes. The caller keeps
  // size() <= kMaxSize.
  Appended Append(const crypto::Digest& commitment);

  // Adds a leaf whose hash is known already.
  void AppendLeafHash(const crypto::Digest& leaf_hash);

  uint64_t size() const { return size_; }
  crypto::Digest Root() const;

  // The row that makes a restart possible.
  TreeTail Tail() const;

  // The tiles that changed since the last call, each in its newest form and once. They go into the same batch as the
  // tail.
  std::vector<TileWrite> TakeTiles();

 private:
  void Settle();

  uint64_t size_ = 0;
  // peaks_[l] is meaningful where bit l of size_ is set: the root of the perfect subtree of 2^l leaves.
  std::array<crypto::Digest, 33> peaks_;
  // The unfinished tile of each level, and whether it gained a node that no TileWrite carries yet.
  std::array<TileHashes, 4> edge_;
  std::array<bool, 4> gained_{};
  std::vector<TileWrite> writes_;
};

// Answers for one published size. Reads tiles as it needs them and keeps them, expanded, for its own lifetime, so that
// a page of proofs over neighbouring leaves reads each tile once.
class Prover {
 public:
  // `size` must be a size whose tiles were written: a multiple of 64.
  Prover(const NodeStore& tiles, uint64_t size) : tiles_(tiles), size_(size) {}

  absl::StatusOr<crypto::Digest> Root();

  // RFC 6962 section 2.1.1, leaf to root. Requires index < size.
  absl::StatusOr<std::vector<crypto::Digest>> Inclusion(uint64_t index);

  // RFC 6962 section 2.1.2, from the tree of `from` leaves to this one. Requires 0 < from <= size.
  absl::StatusOr<std::vector<crypto::Digest>> Consistency(uint64_t from);

  // The leaf hashes [first, first + count). Requires first + count <= size.
  absl::StatusOr<std::vector<crypto::Digest>> LeafHashes(uint64_t first, uint64_t count);

 private:
  using Levels = std::vector<TileHashes>;

  absl::StatusOr<const Levels*> Expand(TileId id);
  absl::StatusOr<crypto::Digest> Node(int level, uint64_t index);
  absl::StatusOr<crypto::Digest> Range(uint64_t first, uint64_t end);
  absl::Status Path(uint64_t index, uint64_t first, uint64_t end, std::vector<crypto::Digest>& path);
  absl::Status Subproof(uint64_t from, uint64_t first, uint64_t end, bool known, std::vector<crypto::Digest>& path);

  const NodeStore& tiles_;
  uint64_t size_;
  std::map<TileId, Levels> expanded_;
};

}  // namespace alcove::ledger
