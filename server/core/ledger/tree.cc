#include "server/core/ledger/tree.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

#include "crypto/hash.h"
#include "server/core/ledger/errors.h"

namespace alcove::ledger {
namespace {

constexpr uint8_t kLeafPrefix = 0x00;
constexpr uint8_t kNodePrefix = 0x01;

std::string_view View(const uint8_t* bytes, size_t count) { return {reinterpret_cast<const char*>(bytes), count}; }

// The largest power of two smaller than `count`, which is at least 2: where RFC 6962 splits a range.
uint64_t SplitOf(uint64_t count) { return std::bit_floor(count - 1); }

// The root of a perfect subtree over `hashes`, whose number is a power of two.
crypto::Digest FoldPerfect(const crypto::Digest* hashes, size_t count) {
  if (count == 1) return *hashes;
  return NodeHash(FoldPerfect(hashes, count / 2), FoldPerfect(hashes + count / 2, count / 2));
}

}  // namespace

crypto::Digest LeafHash(const crypto::Digest& commitment) {
  std::array<uint8_t, 1 + crypto::Digest::kSize> input;
  input[0] = kLeafPrefix;
  std::memcpy(input.data() + 1, commitment.data(), crypto::Digest::kSize);
  return crypto::Sha256(View(input.data(), input.size()));
}

crypto::Digest NodeHash(const crypto::Digest& left, const crypto::Digest& right) {
  std::array<uint8_t, 1 + 2 * crypto::Digest::kSize> input;
  input[0] = kNodePrefix;
  std::memcpy(input.data() + 1, left.data(), crypto::Digest::kSize);
  std::memcpy(input.data() + 1 + crypto::Digest::kSize, right.data(), crypto::Digest::kSize);
  return crypto::Sha256(View(input.data(), input.size()));
}

crypto::Digest EmptyRoot() { return crypto::Sha256({}); }

Frontier::Frontier() = default;

Frontier::Appended Frontier::Append(const crypto::Digest& commitment) {
  const crypto::Digest hash = LeafHash(commitment);
  AppendLeafHash(hash);
  return {.index = size_ - 1, .leaf_hash = hash};
}

void Frontier::AppendLeafHash(const crypto::Digest& leaf_hash) {
  edge_[0].push_back(leaf_hash);
  gained_[0] = true;
  crypto::Digest node = leaf_hash;
  int level = 0;
  for (uint64_t rest = size_; rest & 1; rest >>= 1) {
    node = NodeHash(peaks_[level], node);
    ++level;
    if (level % kTileHeight == 0) {
      const int tile_level = level / kTileHeight;
      edge_[tile_level].push_back(node);
      gained_[tile_level] = true;
    }
  }
  peaks_[level] = node;
  ++size_;
  if (size_ % kBlock == 0) Settle();
}

void Frontier::Settle() {
  for (size_t level = 0; level < edge_.size(); ++level) {
    if (!gained_[level]) continue;
    gained_[level] = false;
    const uint64_t nodes = size_ >> (kTileHeight * level);
    const TileId id{.level = static_cast<uint8_t>(level), .index = (nodes - 1) / kTileWidth};
    auto written = std::find_if(writes_.begin(), writes_.end(), [&](const TileWrite& w) { return w.id == id; });
    if (written == writes_.end()) written = writes_.insert(writes_.end(), TileWrite{.id = id, .hashes = {}});
    if (edge_[level].size() == kTileWidth) {
      written->hashes = std::exchange(edge_[level], {});
    } else {
      written->hashes = edge_[level];
    }
  }
}

crypto::Digest Frontier::Root() const {
  if (size_ == 0) return EmptyRoot();
  int level = std::countr_zero(size_);
  crypto::Digest root = peaks_[level];
  for (++level; (size_ >> level) != 0; ++level) {
    if ((size_ >> level) & 1) root = NodeHash(peaks_[level], root);
  }
  return root;
}

TreeTail Frontier::Tail() const {
  // A tile's width is a multiple of a block, so the hashes after the last block end the unfinished tile.
  return {.size = size_,
          .root = Root(),
          .hashes = {edge_[0].end() - static_cast<std::ptrdiff_t>(size_ % kBlock), edge_[0].end()}};
}

std::vector<TileWrite> Frontier::TakeTiles() { return std::exchange(writes_, {}); }

absl::StatusOr<Frontier> Frontier::Restore(const TreeTail& tail, const NodeStore& tiles) {
  if (tail.size > kMaxSize + kBlock || tail.hashes.size() != tail.size % kBlock) return TreeDamaged("tail row");
  Frontier frontier;
  frontier.size_ = tail.size - tail.hashes.size();
  for (size_t level = 0; level < frontier.edge_.size(); ++level) {
    const uint64_t nodes = frontier.size_ >> (kTileHeight * level);
    const uint64_t unfinished = nodes % kTileWidth;
    if (unfinished == 0) continue;
    auto hashes = tiles.ReadTile({.level = static_cast<uint8_t>(level), .index = nodes / kTileWidth});
    if (absl::IsNotFound(hashes.status())) return TreeDamaged("tile missing");
    if (!hashes.ok()) return hashes.status();
    if (hashes->size() != unfinished) return TreeDamaged("tile of another size");
    frontier.edge_[level] = *std::move(hashes);
  }
  uint64_t before = 0;  // of the current tile level: nodes already covered by higher peaks
  for (int level = 31; level >= 0; --level) {
    if (level % kTileHeight == kTileHeight - 1) before = 0;
    if (((frontier.size_ >> level) & 1) == 0) continue;
    const uint64_t width = uint64_t{1} << (level % kTileHeight);
    frontier.peaks_[level] = FoldPerfect(frontier.edge_[level / kTileHeight].data() + before, width);
    before += width;
  }
  for (const crypto::Digest& hash : tail.hashes) frontier.AppendLeafHash(hash);
  if (frontier.Root() != tail.root) return TreeDamaged("root");
  // The tail's hashes are in no tile yet, and must reach one with the next block.
  return frontier;
}

absl::StatusOr<const Prover::Levels*> Prover::Expand(TileId id) {
  auto [at, fresh] = expanded_.try_emplace(id);
  if (!fresh) return &at->second;
  auto hashes = tiles_.ReadTile(id);
  if (!hashes.ok()) {
    expanded_.erase(at);
    return absl::IsNotFound(hashes.status()) ? TreeDamaged("tile missing") : hashes.status();
  }
  Levels& levels = at->second;
  levels.push_back(*std::move(hashes));
  while (levels.size() < kTileHeight && levels.back().size() > 1) {
    const TileHashes& below = levels.back();
    TileHashes above;
    above.reserve(below.size() / 2);
    for (size_t i = 0; i + 1 < below.size(); i += 2) above.push_back(NodeHash(below[i], below[i + 1]));
    levels.push_back(std::move(above));
  }
  return &levels;
}

absl::StatusOr<crypto::Digest> Prover::Node(int level, uint64_t index) {
  const size_t inner = level % kTileHeight;
  const uint64_t width = kTileWidth >> inner;
  auto levels = Expand({.level = static_cast<uint8_t>(level / kTileHeight), .index = index / width});
  if (!levels.ok()) return levels.status();
  const uint64_t at = index % width;
  if (inner >= (*levels)->size() || at >= (**levels)[inner].size()) return TreeDamaged("tile too short");
  return (**levels)[inner][at];
}

absl::StatusOr<crypto::Digest> Prover::Range(uint64_t first, uint64_t end) {
  const uint64_t count = end - first;
  if (count == 0) return EmptyRoot();
  if (std::has_single_bit(count)) return Node(std::countr_zero(count), first / count);
  const uint64_t middle = first + SplitOf(count);
  auto left = Range(first, middle);
  if (!left.ok()) return left;
  auto right = Range(middle, end);
  if (!right.ok()) return right;
  return NodeHash(*left, *right);
}

absl::StatusOr<crypto::Digest> Prover::Root() { return Range(0, size_); }

absl::StatusOr<std::vector<crypto::Digest>> Prover::Inclusion(uint64_t index) {
  std::vector<crypto::Digest> path;
  if (absl::Status status = Path(index, 0, size_, path); !status.ok()) return status;
  return path;
}

absl::Status Prover::Path(uint64_t index, uint64_t first, uint64_t end, std::vector<crypto::Digest>& path) {
  if (end - first == 1) return absl::OkStatus();
  const uint64_t middle = first + SplitOf(end - first);
  const bool in_left = index < middle;
  absl::Status below = in_left ? Path(index, first, middle, path) : Path(index, middle, end, path);
  if (!below.ok()) return below;
  auto sibling = in_left ? Range(middle, end) : Range(first, middle);
  if (!sibling.ok()) return sibling.status();
  path.push_back(*sibling);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<crypto::Digest>> Prover::Consistency(uint64_t from) {
  std::vector<crypto::Digest> path;
  if (absl::Status status = Subproof(from, 0, size_, true, path); !status.ok()) return status;
  return path;
}

// `known`: the older tree is exactly this range's left part so far, so its verifier holds the range's root already.
absl::Status Prover::Subproof(uint64_t from, uint64_t first, uint64_t end, bool known,
                              std::vector<crypto::Digest>& path) {
  if (from == end - first) {
    if (known) return absl::OkStatus();
    auto root = Range(first, end);
    if (!root.ok()) return root.status();
    path.push_back(*root);
    return absl::OkStatus();
  }
  const uint64_t split = SplitOf(end - first);
  const bool in_left = from <= split;
  absl::Status below = in_left ? Subproof(from, first, first + split, known, path)
                               : Subproof(from - split, first + split, end, false, path);
  if (!below.ok()) return below;
  auto sibling = in_left ? Range(first + split, end) : Range(first, first + split);
  if (!sibling.ok()) return sibling.status();
  path.push_back(*sibling);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<crypto::Digest>> Prover::LeafHashes(uint64_t first, uint64_t count) {
  std::vector<crypto::Digest> hashes;
  hashes.reserve(count);
  for (uint64_t index = first; index < first + count;) {
    auto tile = tiles_.ReadTile({.level = 0, .index = index / kTileWidth});
    if (!tile.ok()) return absl::IsNotFound(tile.status()) ? TreeDamaged("tile missing") : tile.status();
    const uint64_t end = std::min(first + count, (index / kTileWidth + 1) * kTileWidth);
    for (; index < end; ++index) {
      if (index % kTileWidth >= tile->size()) return TreeDamaged("tile too short");
      hashes.push_back((*tile)[index % kTileWidth]);
    }
  }
  return hashes;
}

}  // namespace alcove::ledger
