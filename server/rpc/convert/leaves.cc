#include "server/rpc/convert/leaves.h"

#include <optional>
#include <utility>

#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/ledger/proofs.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

// Nothing for a leaf that the newest published tree does not have yet.
absl::Status AddProof(const base::Reader& rows, ledger::PublishedTree& tree, const cases::OpenedLeaf& leaf,
                      v1::LeafOpening* out) {
  const absl::StatusOr<format::LeafSalt> salt = format::LeafSalt::FromBytes(leaf.salt);
  if (!salt.ok()) return base::Broken("a leaf's salt has 32 bytes");
  const crypto::Digest hash = ledger::LeafHash(format::LeafCommitment(*salt, leaf.content));
  const auto place = rows.Get<ledger::LeafPlace>(hash.view());
  if (!place.ok()) return place.status();
  if (!*place) return base::Broken("a stored leaf has a place in the tree");
  const std::uint64_t index = (*place)->record.index;
  if (index >= tree.size()) return absl::OkStatus();
  const absl::StatusOr<std::vector<crypto::Digest>> proof = tree.Inclusion(index);
  if (!proof.ok()) return proof.status();
  out->set_published(true);
  out->set_index(static_cast<std::uint32_t>(index));
  for (const crypto::Digest& hash_on_path : *proof) out->add_proof(hash_on_path.str());
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
    if (absl::Status s = AddProof(rows, *tree, leaf, &opening); !s.ok()) return s;
  }
  return proven;
}

}  // namespace alcove::rpc
