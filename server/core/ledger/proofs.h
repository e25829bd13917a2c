// What the ledger shows: checkpoints, and proofs as of checkpoints. Nothing here looks past a published size: a leaf
// that is in the tree but not yet in a published one is as unknown as a leaf that never was.
//
// Reads rows through base::Reader; any thread; DataLoss where rows contradict each other.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/reader.h"
#include "server/core/base/time.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {

// The tiles as rows hold them.
class TileRows : public NodeStore {
 public:
  explicit TileRows(const base::Reader& rows) : rows_(rows) {}
  absl::StatusOr<TileHashes> ReadTile(TileId id) const override;

 private:
  const base::Reader& rows_;
};

// Size, root and newest leaves of the tree as it is now; an empty tree where there is none yet.
absl::StatusOr<TreeTail> ReadTail(const base::Reader& rows);

// The leaf hashes that a tile of the leaves holds: as many as it holds of the tree with this tail, LeavesInTile, or more where the
// tree has grown since. TreeDamaged when it holds fewer.
absl::StatusOr<TileHashes> ReadLeafTile(const base::Reader& rows, const TreeTail& tail, std::uint64_t index);

// The leaf hash that stands there. TreeDamaged when the tree with this tail has none.
absl::StatusOr<crypto::Digest> LeafHashAt(const base::Reader& rows, const TreeTail& tail, std::uint64_t index);

// One published tree, for the length of one request. `rows` outlives it.
class PublishedTree {
 public:
  // NotPublished while nothing was.
  static absl::StatusOr<PublishedTree> Newest(const base::Reader& rows);
  // NotPublished for a size that was never published; 0 means the newest.
  static absl::StatusOr<PublishedTree> At(const base::Reader& rows, std::uint64_t size);

  const Checkpoint& checkpoint() const { return checkpoint_; }
  std::uint64_t size() const { return checkpoint_.size; }

  struct Placed {
    std::uint64_t index = 0;
    std::vector<crypto::Digest> path;  // inclusion proof, leaf to root
  };
  // NotPublished for a leaf that is not in this tree, be it in a later one or in none. Neighbouring leaves share their
  // work: ask one PublishedTree for all leaves of a page.
  absl::StatusOr<Placed> Find(const crypto::Digest& leaf_hash);
  // Requires 0 < from <= size().
  absl::StatusOr<std::vector<crypto::Digest>> Consistency(std::uint64_t from);
  absl::StatusOr<std::vector<crypto::Digest>> LeafHashes(std::uint64_t first, std::uint64_t count);

 private:
  PublishedTree(const base::Reader& rows, Checkpoint checkpoint);

  const base::Reader* rows_;
  Checkpoint checkpoint_;
  std::unique_ptr<TileRows> tiles_;
  Prover prover_;
};

// Behind LedgerService. Only the auditor's listing leaves a leaf.

struct CheckpointAnswer {
  crypto::Bytes note;
};
absl::StatusOr<CheckpointAnswer> GetCheckpoint(const base::Reader& rows);

struct InclusionAnswer {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  std::vector<crypto::Digest> hashes;  // leaf to root
};
// FieldInvalid("leaf_hash") unless 32 bytes. Dummy leaves are proved like any other.
absl::StatusOr<InclusionAnswer> GetInclusionProof(const base::Reader& rows, crypto::BytesView leaf_hash,
                                                  std::uint64_t size);

struct ConsistencyAnswer {
  std::uint64_t to_size = 0;
  std::vector<crypto::Digest> hashes;
};
// FieldInvalid("from_size") for 0, which proves nothing, and for more than `to_size`.
absl::StatusOr<ConsistencyAnswer> GetConsistencyProof(const base::Reader& rows, std::uint64_t from_size,
                                                      std::uint64_t to_size);

struct LeafHashPage {
  std::vector<crypto::Digest> leaf_hashes;
  std::string next_page_token;  // empty on the last page
};
inline constexpr std::uint32_t kMostLeafHashes = 1000;
// All pages of one listing are of the tree that was newest at its first page. The page leaves a leaf of the auditor.
// `page_token` takes the place of `from_index`. FieldInvalid for a token that no page gave and a size above the limit.
absl::StatusOr<base::Outcome<LeafHashPage>> ListLeafHashes(const base::Reader& rows,
                                                           const base::OrganisationId& organisation,
                                                           const base::StaffSlug& auditor, std::uint32_t from_index,
                                                           std::uint32_t page_size, std::string_view page_token,
                                                           base::Instant now, crypto::Random& random);

}  // namespace alcove::ledger
