// The leaves of one commit group: they get their places in the tree, and a promise where one is wanted.
//
// The Journal drives it, on its thread, between checking expectations and writing:
//
//   CommitGroup group(frontier, random);
//   for every transaction that goes through:
//     for every leaf: index = *group.Append(leaf)            the stamps' indexes
//     if it pads: group.Pad(multiple), then size and root    the stamps of a cut
//   promises = group.Promises(organisation, day, log_key)    one for each leaf, in order; empty where none was wanted
//   rows = group.Rows()                                      into the same batch as everything else
//   after the batch is durable: frontier = std::move(group).Take()
//
// If the batch fails, the group is dropped and the frontier stands as it was.
//
// The promise. Its tree is RFC 6962 over the leaf hashes of those leaves of the group that want one, but filled up with
// random hashes to a fixed number of places (64, or the next power of two when more want one), and each leaf gets a
// place drawn at random. So a promise says neither how many others filed at the same moment nor in what order.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {

inline constexpr std::uint32_t kPromisePlaces = 64;

class CommitGroup {
 public:
  // Copies the frontier. `random` outlives the group.
  CommitGroup(const Frontier& from, crypto::Random& random)
      : frontier_(from), from_size_(from.size()), random_(random) {}

  // The leaf's index. TreeFull when the contract cannot count further.
  absl::StatusOr<std::uint64_t> Append(const base::LeafDraft& leaf);

  // Dummy leaves, none or more, up to the next multiple.
  absl::Status Pad(std::uint32_t multiple);

  std::uint64_t size() const { return frontier_.size(); }
  crypto::Digest Root() const { return frontier_.Root(); }
  // Nothing was appended: there is nothing to write.
  bool empty() const { return frontier_.size() == from_size_; }

  // "ALQ1" for every Append so far that wants one, and an empty string for the others, in order of Append. One
  // signature, or none when no leaf wants a promise; about seven hashes a leaf.
  std::vector<crypto::Bytes> Promises(const format::OrganisationId& organisation, format::Day day,
                                      const crypto::SigningKey& log_key);

  // The rows of kTile and kTree that make what was appended durable, and those of kLeaf, which say where each leaf stands, in the
  // tree's order. Call once, last.
  base::ChangeSet Rows();

  // The tree with this group. Requires that Rows() was called.
  Frontier Take() && { return std::move(frontier_); }

 private:
  struct Leaf {
    base::LeafDraft draft;
    crypto::Digest hash;
  };

  Frontier::Appended AppendHashed(const crypto::Digest& commitment);

  Frontier frontier_;
  std::uint64_t from_size_;
  crypto::Random& random_;
  std::vector<Leaf> leaves_;
  std::vector<Frontier::Appended> places_;  // dummies too
};

}  // namespace alcove::ledger
