// A small world for the ledger's tests: rows in a map, bytes from a counter, and a tree that is built the slow way.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/base/reader.h"
#include "server/core/ledger/group.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {

// The same bytes for the same seed: SHA-256 of seed and a counter.
class SeededRandom : public crypto::Random {
 public:
  explicit SeededRandom(uint64_t seed) : seed_(seed) {}
  void Fill(uint8_t* out, size_t size) override {
    for (size_t i = 0; i < size; ++i) {
      if (used_ == crypto::Digest::kSize) {
        block_ = crypto::Sha256(std::to_string(seed_) + ":" + std::to_string(++count_));
        used_ = 0;
      }
      out[i] = block_.data()[used_++];
    }
  }
  uint32_t Below(uint32_t bound) {
    uint32_t number = 0;
    Fill(reinterpret_cast<uint8_t*>(&number), sizeof(number));
    return number % bound;
  }

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
  crypto::Digest block_;
  size_t used_ = crypto::Digest::kSize;
};

inline crypto::Digest DigestOf(uint64_t number) { return crypto::Sha256("commitment " + std::to_string(number)); }

inline base::StaffSlug Slug(std::string_view text) { return *base::StaffSlug::Parse(text); }

inline crypto::Digest FlipBit(crypto::Digest digest, size_t bit) {
  digest.data()[bit / 8 % crypto::Digest::kSize] ^= static_cast<uint8_t>(1U << (bit % 8));
  return digest;
}

// Every node of a tree, computed level by level from its leaf hashes; nothing is shared with the builder but SHA-256.
class SlowTree : public NodeStore {
 public:
  explicit SlowTree(std::vector<crypto::Digest> leaf_hashes) {
    levels_.push_back(std::move(leaf_hashes));
    while (levels_.back().size() > 1) {
      std::vector<crypto::Digest> above;
      for (size_t i = 0; i + 1 < levels_.back().size(); i += 2)
        above.push_back(crypto::MerkleNodeHash(levels_.back()[i], levels_.back()[i + 1]));
      levels_.push_back(std::move(above));
    }
  }
  static SlowTree OfSize(uint64_t size) {
    std::vector<crypto::Digest> hashes;
    for (uint64_t i = 0; i < size; ++i) hashes.push_back(crypto::MerkleLeafHash(DigestOf(i).view()));
    return SlowTree(std::move(hashes));
  }

  absl::StatusOr<TileHashes> ReadTile(TileId id) const override {
    const size_t level = size_t{id.level} * kTileHeight;
    const uint64_t first = id.index * kTileWidth;
    if (level >= levels_.size() || first >= levels_[level].size()) return absl::NotFoundError("tile");
    const auto& nodes = levels_[level];
    const uint64_t end = std::min<uint64_t>(nodes.size(), first + kTileWidth);
    return TileHashes(nodes.begin() + static_cast<long>(first), nodes.begin() + static_cast<long>(end));
  }

  // RFC 6962 section 2.1, by its recursion, over the first `size` leaves.
  crypto::Digest Root(uint64_t size) const { return size == 0 ? crypto::MerkleEmptyRoot() : Range(0, size); }

  const crypto::Digest& leaf_hash(uint64_t index) const { return levels_[0][index]; }

 private:
  crypto::Digest Range(uint64_t first, uint64_t end) const {
    if (end - first == 1) return levels_[0][first];
    uint64_t split = 1;
    while (split * 2 < end - first) split *= 2;
    return crypto::MerkleNodeHash(Range(first, first + split), Range(first + split, end));
  }

  std::vector<TileHashes> levels_;
};

// Tiles as the builder wrote them.
class MapTiles : public NodeStore {
 public:
  absl::StatusOr<TileHashes> ReadTile(TileId id) const override {
    auto at = tiles.find(id);
    if (at == tiles.end()) return absl::NotFoundError("tile");
    return at->second;
  }
  void Take(Frontier& frontier) {
    for (TileWrite& write : frontier.TakeTiles()) tiles[write.id] = std::move(write.hashes);
  }

  std::map<TileId, TileHashes> tiles;
};

// The ledger's rows in a map, and the Journal's work on them done the simple way.
class MapRows : public base::Reader {
 public:
  absl::StatusOr<std::optional<Row>> GetRow(base::Table table, std::string_view key) const override {
    auto at = rows_.find({table, std::string(key)});
    if (at == rows_.end()) return std::optional<Row>();
    return std::optional<Row>(Copy(table, at->second));
  }

  absl::Status ScanRows(base::Table table, std::string_view prefix, std::string_view after, size_t limit,
                        const std::function<bool(Row)>& visit) const override {
    for (auto at = rows_.upper_bound({table, after.empty() ? std::string() : std::string(after)});
         at != rows_.end() && at->first.first == table && limit > 0; ++at) {
      if (!at->first.second.starts_with(prefix)) continue;
      --limit;
      if (!visit(Copy(table, at->second))) break;
    }
    return absl::OkStatus();
  }

  int64_t CountOf(base::Counter, std::string_view) const override { return 0; }

  // Contended when an expectation does not hold; else writes the rows and appends the leaves as one commit group.
  absl::Status Commit(base::Transaction transaction) {
    for (const auto& expectation : transaction.changes.expectations()) {
      auto at = rows_.find({expectation.table, expectation.key});
      if ((at != rows_.end()) != expectation.version.has_value()) return base::Contended();
      if (expectation.version && *expectation.version != at->second.version) return base::Contended();
    }
    SeededRandom random(0xa1c0 + ++commits_);
    CommitGroup group(frontier, random);
    base::Stamps stamps;
    for (const base::LeafDraft& leaf : transaction.leaves) {
      auto index = group.Append(leaf);
      if (!index.ok()) return index.status();
      stamps.leaves.push_back({.index = *index, .promise = {}});
    }
    if (transaction.pad_to_multiple_of != 0) {
      if (absl::Status padded = group.Pad(transaction.pad_to_multiple_of); !padded.ok()) return padded;
      stamps.tree_size = group.size();
      stamps.tree_root = group.Root();
    }
    if (log_key != nullptr) {
      auto promises = group.Promises(organisation, day, *log_key);
      for (size_t i = 0; i < stamps.leaves.size(); ++i) stamps.leaves[i].promise = std::move(promises[i]);
    }
    if (transaction.stamp) transaction.stamp(stamps, transaction.changes);
    Apply(transaction.changes);
    Apply(group.Rows());
    frontier = std::move(group).Take();
    return absl::OkStatus();
  }
  template <class Answer>
  absl::Status Commit(base::Outcome<Answer> outcome) {
    base::Transaction transaction;
    transaction.changes = std::move(outcome.changes);
    transaction.leaves = std::move(outcome.leaves);
    return Commit(std::move(transaction));
  }

  template <class R>
  void Put(R record) {
    base::ChangeSet changes;
    changes.Put(std::move(record));
    Apply(changes);
  }
  void Erase(base::Table table, const std::string& key) { rows_.erase({table, key}); }

  Frontier frontier;
  // Promises are signed where these are set.
  base::OrganisationId organisation;
  base::Day day;
  const crypto::SigningKey* log_key = nullptr;

 private:
  struct Stored {
    std::shared_ptr<const base::Record> record;
    base::RowVersion version;
  };

  void Apply(const base::ChangeSet& changes) {
    for (const auto& write : changes.writes()) {
      if (!write.record) {
        rows_.erase({write.table, write.key});
        continue;
      }
      // The test's map keeps a copy: change sets own their records.
      Row copy = Copy(write.table, *write.record, base::RowVersion(std::to_string(++versions_) + std::string(16, '-')));
      rows_[{write.table, write.key}] = {std::shared_ptr<const base::Record>(std::move(copy.record)), copy.version};
    }
  }

  template <class R>
  static std::unique_ptr<base::Record> Clone(const base::Record& record) {
    return std::make_unique<R>(static_cast<const R&>(record));
  }
  static Row Copy(base::Table table, const base::Record& record, base::RowVersion version) {
    switch (table) {
      case base::Table::kLeaf:
        return {Clone<LeafPlace>(record), version};
      case base::Table::kTile:
        return {Clone<Tile>(record), version};
      case base::Table::kTree:
        return {Clone<Tree>(record), version};
      case base::Table::kCheckpoint:
        return {Clone<Checkpoint>(record), version};
      case base::Table::kPublished:
        return {Clone<Published>(record), version};
      case base::Table::kOpening:
        return {Clone<Opening>(record), version};
      case base::Table::kRefusal:
        return {Clone<Refusal>(record), version};
      default:
        ADD_FAILURE() << "a table that the ledger does not know";
        return {};
    }
  }
  static Row Copy(base::Table table, const Stored& stored) { return Copy(table, *stored.record, stored.version); }

  std::map<std::pair<base::Table, std::string>, Stored> rows_;
  uint64_t commits_ = 0;
  uint64_t versions_ = 0;
};

}  // namespace alcove::ledger
