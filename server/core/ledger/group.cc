#include "server/core/ledger/group.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <utility>

#include "crypto/format/proof.h"
#include "server/core/ledger/errors.h"
#include "server/core/ledger/records.h"

namespace alcove::ledger {
namespace {

// `count` different places of `places`, in random order.
std::vector<std::uint32_t> DrawPlaces(std::uint32_t count, std::uint32_t places, crypto::Random& random) {
  std::vector<std::uint32_t> drawn(places);
  std::iota(drawn.begin(), drawn.end(), 0U);
  std::vector<std::uint32_t> draws(count);
  random.Fill(reinterpret_cast<std::uint8_t*>(draws.data()), draws.size() * sizeof(std::uint32_t));
  for (std::uint32_t i = 0; i < count; ++i) std::swap(drawn[i], drawn[i + draws[i] % (places - i)]);
  drawn.resize(count);
  return drawn;
}

crypto::Digest DrawDigest(crypto::Random& random) {
  crypto::Digest digest;
  random.Fill(digest.data(), crypto::Digest::kSize);
  return digest;
}

}  // namespace

Frontier::Appended CommitGroup::AppendHashed(const crypto::Digest& commitment) {
  places_.push_back(frontier_.Append(commitment));
  return places_.back();
}

absl::StatusOr<std::uint64_t> CommitGroup::Append(const base::LeafDraft& leaf) {
  if (frontier_.size() >= kMaxSize) return TreeFull();
  const Frontier::Appended place = AppendHashed(leaf.commitment);
  leaves_.push_back({.draft = leaf, .hash = place.leaf_hash});
  return place.index;
}

absl::Status CommitGroup::Pad(std::uint32_t multiple) {
  while (frontier_.size() % multiple != 0) {
    if (frontier_.size() >= kMaxSize + kBlock) return TreeFull();
    AppendHashed(DrawDigest(random_));
  }
  return absl::OkStatus();
}

std::vector<crypto::Bytes> CommitGroup::Promises(const format::OrganisationId& organisation, format::Day day,
                                                 const crypto::SigningKey& log_key) {
  std::vector<crypto::Bytes> promises(leaves_.size());
  std::vector<std::size_t> wanting;
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    if (leaves_[i].draft.wants_promise) wanting.push_back(i);
  if (wanting.empty()) return promises;

  const auto wanted = static_cast<std::uint32_t>(wanting.size());
  const std::uint32_t count = std::max(kPromisePlaces, std::bit_ceil(wanted));
  const std::vector<std::uint32_t> positions = DrawPlaces(wanted, count, random_);

  // Only nodes above a real leaf are computed; the sibling that such a node lacks is drawn, subtree and all.
  std::vector<std::vector<std::optional<crypto::Digest>>> levels;
  levels.emplace_back(count);
  for (std::uint32_t i = 0; i < wanted; ++i) levels[0][positions[i]] = leaves_[wanting[i]].hash;
  while (levels.back().size() > 1) {
    auto& below = levels.back();
    std::vector<std::optional<crypto::Digest>> above(below.size() / 2);
    for (std::size_t i = 0; i < above.size(); ++i) {
      auto& left = below[2 * i];
      auto& right = below[2 * i + 1];
      if (!left && !right) continue;
      if (!left) left = DrawDigest(random_);
      if (!right) right = DrawDigest(random_);
      above[i] = NodeHash(*left, *right);
    }
    levels.push_back(std::move(above));
  }

  format::Promise promise;
  promise.organisation = organisation;
  promise.day = day;
  promise.count = count;
  promise.signature = format::SignPromise(log_key, organisation, day, count, *levels.back()[0]);
  for (std::uint32_t i = 0; i < wanted; ++i) {
    promise.commitment = leaves_[wanting[i]].draft.commitment;
    promise.position = positions[i];
    promise.path.clear();
    for (std::size_t level = 0; level + 1 < levels.size(); ++level)
      promise.path.push_back(*levels[level][(positions[i] >> level) ^ 1U]);
    promises[wanting[i]] = format::PromiseBytes(promise);
  }
  return promises;
}

base::ChangeSet CommitGroup::Rows() {
  base::ChangeSet rows;
  if (empty()) return rows;
  for (const Frontier::Appended& place : places_) {
    LeafPlace row;
    row.leaf_hash = place.leaf_hash;
    row.index = place.index;
    rows.Put(std::move(row));
  }
  for (TileWrite& write : frontier_.TakeTiles()) {
    Tile tile;
    tile.level = write.id.level;
    tile.index = write.id.index;
    tile.hashes = std::move(write.hashes);
    rows.Put(std::move(tile));
  }
  TreeTail tail = frontier_.Tail();
  Tree tree;
  tree.size = tail.size;
  tree.root = tail.root;
  tree.hashes = std::move(tail.hashes);
  rows.Put(std::move(tree));
  return rows;
}

}  // namespace alcove::ledger
