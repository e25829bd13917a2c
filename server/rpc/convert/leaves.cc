#include "server/rpc/convert/leaves.h"

#include <optional>
#include <utility>

#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/ledger/proofs.h"
#include "server/core/ledger/tree.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

// Nothing for a leaf that the newest published tree does not have yet.
absl::Status AddProof(ledger::PublishedTree& tree, const cases::OpenedLeaf& leaf,
                      v1::LeafOpening* out) {
  const absl::StatusOr<format::LeafSalt> salt = format::LeafSalt::FromBytes(leaf.salt);
  if (!salt.ok()) return base::Broken("a leaf's salt has 32 bytes");
  const absl::StatusOr<ledger::PublishedTree::Placed> placed =
      tree.Find(ledger::LeafHash(format::LeafCommitment(*salt, leaf.content)));
  if (base::ReasonOf(placed.status()) == base::Reason::kNotPublished) return absl::OkStatus();
  if (!placed.ok()) return placed.status();
  out->set_published(true);
  out->set_index(static_cast<std::uint32_t>(placed->index));
  for (const crypto::Digest& hash : placed->path) out->add_proof(hash.str());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ProvenLeaves> Prove(const base::Reader& rows, const std::vector<cases::OpenedLeaf>& leaves) {
  ProvenLeaves proven;
  absl::StatusOr<ledger::PublishedTree> tree = ledger::PublishedTree::Newest(rows);
  if (!tree.ok() && base::ReasonOf(tree.status()) != base::Reason::kNotPublished) return tree.status();
  if (tree.ok()) proven.checkpoint = tree->checkpoint().note;
  for (const cases::OpenedLeaf& leaf : leaves) {
    v1::LeafOpening& opening = proven.leaves.emplace_back();
    SetLeaf(leaf, &opening);
    if (!tree.ok()) continue;
    if (absl::Status s = AddProof(*tree, leaf, &opening); !s.ok()) return s;
  }
  return proven;
}

}  // namespace alcove::rpc
