#include "server/core/ledger/proofs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/format/wire.h"
#include "server/core/base/errors.h"
#include "server/core/base/keys.h"
#include "server/core/ledger/draft.h"
#include "server/core/ledger/errors.h"

namespace alcove::ledger {
namespace {

// A page token: size of the listed tree and index of the next leaf, 8 bytes each, in base32.
std::string PageToken(std::uint64_t size, std::uint64_t next) {
  return crypto::Base32Encode(format::ByteWriter().U64(size).U64(next).bytes());
}

struct Position {
  std::uint64_t size = 0;
  std::uint64_t next = 0;
};

absl::StatusOr<Position> ParsePageToken(std::string_view token) {
  auto bytes = crypto::Base32Decode(token);
  if (!bytes.ok()) return base::FieldInvalid("page_token");
  format::ByteReader reader(*bytes);
  Position position{.size = reader.U64(), .next = reader.U64()};
  if (!reader.done() || position.size == 0 || position.next > position.size) return base::FieldInvalid("page_token");
  return position;
}

}  // namespace

absl::StatusOr<TileHashes> TileRows::ReadTile(TileId id) const {
  auto row = rows_.Get<Tile>(base::RowKey(id.level, id.index));
  if (!row.ok()) return row.status();
  if (!*row) return absl::NotFoundError("tile");
  return std::move((*row)->record.hashes);
}

absl::StatusOr<TreeTail> ReadTail(const base::Reader& rows) {
  auto row = rows.Get<Tree>({});
  if (!row.ok()) return row.status();
  if (!*row) return TreeTail{.size = 0, .root = EmptyRoot(), .hashes = {}};
  Tree& tree = (*row)->record;
  if (tree.hashes.size() != tree.size % kBlock) return TreeDamaged("tail row");
  return TreeTail{.size = tree.size, .root = tree.root, .hashes = std::move(tree.hashes)};
}

absl::StatusOr<TileHashes> ReadLeafTile(const base::Reader& rows, const TreeTail& tail, std::uint64_t index) {
  auto tile = TileRows(rows).ReadTile({.level = 0, .index = index});
  if (absl::IsNotFound(tile.status())) return TreeDamaged("tile missing");
  if (tile.ok() && tile->size() < LeavesInTile(tail, index)) return TreeDamaged("tile of another size");
  return tile;
}

absl::StatusOr<crypto::Digest> LeafHashAt(const base::Reader& rows, const TreeTail& tail, std::uint64_t index) {
  if (index >= tail.size) return TreeDamaged("a place beyond the tree");
  if (index >= tail.settled()) return tail.hashes[index - tail.settled()];
  const auto tile = ReadLeafTile(rows, tail, index / kTileWidth);
  if (!tile.ok()) return tile.status();
  return (*tile)[index % kTileWidth];
}

PublishedTree::PublishedTree(const base::Reader& rows, Checkpoint checkpoint)
    : rows_(&rows),
      checkpoint_(std::move(checkpoint)),
      tiles_(std::make_unique<TileRows>(rows)),
      prover_(*tiles_, checkpoint_.size) {}

absl::StatusOr<PublishedTree> PublishedTree::Newest(const base::Reader& rows) {
  auto newest = rows.Get<Published>({});
  if (!newest.ok()) return newest.status();
  if (!*newest) return NotPublished();
  auto tree = At(rows, (*newest)->record.size);
  if (absl::IsNotFound(tree.status())) return TreeDamaged("newest checkpoint missing");
  return tree;
}

absl::StatusOr<PublishedTree> PublishedTree::At(const base::Reader& rows, std::uint64_t size) {
  if (size == 0) return Newest(rows);
  auto checkpoint = rows.Get<Checkpoint>(base::RowKey(size));
  if (!checkpoint.ok()) return checkpoint.status();
  if (!*checkpoint) return NotPublished();
  return PublishedTree(rows, std::move((*checkpoint)->record));
}

absl::StatusOr<PublishedTree::Placed> PublishedTree::Find(const crypto::Digest& leaf_hash) {
  auto place = rows_->Get<LeafPlace>(leaf_hash.str());
  if (!place.ok()) return place.status();
  if (!*place || (*place)->record.index >= size()) return NotPublished();
  auto path = prover_.Inclusion((*place)->record.index);
  if (!path.ok()) return path.status();
  return Placed{.index = (*place)->record.index, .path = *std::move(path)};
}

absl::StatusOr<std::vector<crypto::Digest>> PublishedTree::Consistency(std::uint64_t from) {
  return prover_.Consistency(from);
}

absl::StatusOr<std::vector<crypto::Digest>> PublishedTree::LeafHashes(std::uint64_t first, std::uint64_t count) {
  return prover_.LeafHashes(first, count);
}

absl::StatusOr<CheckpointAnswer> GetCheckpoint(const base::Reader& rows) {
  auto tree = PublishedTree::Newest(rows);
  if (!tree.ok()) return tree.status();
  return CheckpointAnswer{.note = tree->checkpoint().note};
}

absl::StatusOr<InclusionAnswer> GetInclusionProof(const base::Reader& rows, crypto::BytesView leaf_hash,
                                                  std::uint64_t size) {
  auto hash = crypto::Digest::FromBytes(leaf_hash);
  if (!hash.ok()) return base::FieldInvalid("leaf_hash");
  auto tree = PublishedTree::At(rows, size);
  if (!tree.ok()) return tree.status();
  auto placed = tree->Find(*hash);
  if (!placed.ok()) return placed.status();
  return InclusionAnswer{.index = placed->index, .size = tree->size(), .hashes = std::move(placed->path)};
}

absl::StatusOr<ConsistencyAnswer> GetConsistencyProof(const base::Reader& rows, std::uint64_t from_size,
                                                      std::uint64_t to_size) {
  if (from_size == 0) return base::FieldInvalid("from_size");
  auto tree = PublishedTree::At(rows, to_size);
  if (!tree.ok()) return tree.status();
  if (from_size > tree->size()) return base::FieldInvalid("from_size");
  if (auto older = PublishedTree::At(rows, from_size); !older.ok()) return older.status();

  auto hashes = tree->Consistency(from_size);
  if (!hashes.ok()) return hashes.status();
  return ConsistencyAnswer{.to_size = tree->size(), .hashes = *std::move(hashes)};
}

absl::StatusOr<base::Outcome<LeafHashPage>> ListLeafHashes(const base::Reader& rows,
                                                           const base::OrganisationId& organisation,
                                                           const base::StaffSlug& auditor, std::uint32_t from_index,
                                                           std::uint32_t page_size, std::string_view page_token,
                                                           base::Instant now, crypto::Random& random) {
  if (page_size > kMostLeafHashes) return base::FieldInvalid("page_size");
  if (page_size == 0) page_size = kMostLeafHashes;
  Position position{.size = 0, .next = from_index};
  if (!page_token.empty()) {
    auto parsed = ParsePageToken(page_token);
    if (!parsed.ok()) return parsed.status();
    position = *parsed;
  }
  auto tree = PublishedTree::At(rows, position.size);
  if (!tree.ok())
    return absl::IsNotFound(tree.status()) && position.size != 0 ? base::FieldInvalid("page_token") : tree.status();
  const std::uint64_t first = std::min(position.next, tree->size());
  const std::uint64_t count = std::min<std::uint64_t>(page_size, tree->size() - first);

  base::Outcome<LeafHashPage> outcome;
  auto hashes = tree->LeafHashes(first, count);
  if (!hashes.ok()) return hashes.status();
  outcome.answer.leaf_hashes = *std::move(hashes);
  if (first + count < tree->size()) outcome.answer.next_page_token = PageToken(tree->size(), first + count);
  DraftLeaf(organisation, Act::OfStaff(format::LeafKind::kLedgerListed, auditor, now), random, outcome.changes,
            outcome.leaves);
  return outcome;
}

}  // namespace alcove::ledger
