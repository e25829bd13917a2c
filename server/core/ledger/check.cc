#include "server/core/ledger/check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "crypto/format/checkpoint.h"
#include "crypto/format/leaf.h"
#include "server/core/ledger/errors.h"
#include "server/core/ledger/proofs.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {
namespace {

constexpr std::size_t kRowsAtOnce = 256;

// Every row of R's table, in key order, without holding more than a page of them.
template <class R, class Visit>
absl::Status ForEach(const base::Reader& rows, Visit&& visit) {
  std::string after;
  for (;;) {
    std::size_t seen = 0;
    absl::Status verdict;
    absl::Status scanned = rows.Scan<R>({}, after, kRowsAtOnce, [&](base::Versioned<R> row) {
      ++seen;
      after = row.record.key();
      verdict = visit(row.record);
      return verdict.ok();
    });
    if (!scanned.ok()) return scanned;
    if (!verdict.ok()) return verdict;
    if (seen < kRowsAtOnce) return absl::OkStatus();
  }
}

absl::Status CompareTiles(Frontier& rebuilt, const NodeStore& tiles) {
  for (const TileWrite& write : rebuilt.TakeTiles()) {
    auto stored = tiles.ReadTile(write.id);
    if (absl::IsNotFound(stored.status())) return TreeDamaged("tile missing");
    if (!stored.ok()) return stored.status();
    // A tile that is still filling is met here in its earlier forms too.
    if (stored->size() < write.hashes.size() || !std::equal(write.hashes.begin(), write.hashes.end(), stored->begin()))
      return TreeDamaged("tile");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckedLedger> CheckLedger(const base::Reader& rows, const base::OrganisationId& organisation,
                                          std::span<const crypto::VerifyKey> log_keys) {
  auto tail = ReadTail(rows);
  if (!tail.ok()) return tail.status();
  const TileRows tiles(rows);

  std::map<std::uint64_t, crypto::Digest> published;
  absl::Status status = ForEach<Checkpoint>(rows, [&](const Checkpoint& row) -> absl::Status {
    absl::StatusOr<format::Checkpoint> signed_tree = TreeDamaged("checkpoint");
    for (const crypto::VerifyKey& key : log_keys)
      if (!signed_tree.ok()) signed_tree = format::VerifyCheckpoint(row.note, organisation, key);
    if (!signed_tree.ok() || signed_tree->size != row.size || signed_tree->root != row.root)
      return TreeDamaged("checkpoint");
    if (row.size == 0 || row.size % kBlock != 0 || row.size > tail->size) return TreeDamaged("checkpoint of no tree");
    published[row.size] = row.root;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  auto newest = rows.Get<Published>({});
  if (!newest.ok()) return newest.status();
  if (newest->has_value() == published.empty() || (*newest && (*newest)->record.size != published.rbegin()->first))
    return TreeDamaged("newest checkpoint");

  Frontier rebuilt;
  auto append = [&](const crypto::Digest& hash) -> absl::Status {
    rebuilt.AppendLeafHash(hash);
    if (rebuilt.size() % kBlock != 0) return absl::OkStatus();
    if (absl::Status same = CompareTiles(rebuilt, tiles); !same.ok()) return same;
    auto at = published.find(rebuilt.size());
    if (at != published.end() && at->second != rebuilt.Root()) return TreeDamaged("root of a checkpoint");
    return absl::OkStatus();
  };
  for (std::uint64_t index = 0; index * kTileWidth < tail->settled(); ++index) {
    const auto tile = ReadLeafTile(rows, *tail, index);
    if (!tile.ok()) return tile.status();
    if (tile->size() != LeavesInTile(*tail, index)) return TreeDamaged("tile of another size");
    for (const crypto::Digest& hash : *tile)
      if (absl::Status same = append(hash); !same.ok()) return same;
  }
  for (const crypto::Digest& hash : tail->hashes)
    if (absl::Status same = append(hash); !same.ok()) return same;
  if (rebuilt.Root() != tail->root) return TreeDamaged("root");
  if (auto restored = Frontier::Restore(*tail, tiles); !restored.ok()) return restored.status();

  std::uint64_t tile_rows = 0;
  std::uint64_t tiles_due = 0;
  for (std::uint64_t nodes = tail->settled(); nodes > 0; nodes >>= kTileHeight)
    tiles_due += (nodes + kTileWidth - 1) / kTileWidth;
  status = ForEach<Tile>(rows, [&](const Tile&) {
    ++tile_rows;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (tile_rows != tiles_due) return TreeDamaged("tile of no tree");

  CheckedLedger checked{.size = rebuilt.size(), .checkpoints = published.size(), .openings = 0, .root = rebuilt.Root()};
  status = ForEach<Opening>(rows, [&](const Opening& opening) -> absl::Status {
    ++checked.openings;
    auto place = rows.Get<LeafPlace>(opening.leaf_hash.str());
    if (!place.ok()) return place.status();
    auto opened = CheckOpening(rows, opening.content, opening.salt);
    if (!opened.ok()) return opened.status();
    if (!*place || (*place)->record.index != *opened) return TreeDamaged("opening of another leaf");
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return checked;
}

absl::StatusOr<std::uint64_t> CheckOpening(const base::Reader& rows, crypto::BytesView content,
                                           crypto::BytesView salt) {
  auto drawn = format::LeafSalt::FromBytes(salt);
  if (!drawn.ok() || !format::ParseLeaf(content).ok()) return TreeDamaged("opening");
  auto place = rows.Get<LeafPlace>(LeafHash(format::LeafCommitment(*drawn, content)).str());
  if (!place.ok()) return place.status();
  if (!*place) return TreeDamaged("opening of no leaf");
  return (*place)->record.index;
}

}  // namespace alcove::ledger
