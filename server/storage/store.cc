#include "server/storage/store.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "server/core/base/errors.h"
#include "server/core/ledger/proofs.h"
#include "server/storage/errors.h"
#include "server/storage/label.h"

namespace alcove::storage {

std::string DatabaseIn(const std::string& data_directory) {
  return (std::filesystem::path(data_directory) / "db").string();
}

std::string MarkIn(const std::string& data_directory) {
  return (std::filesystem::path(data_directory) / "mark").string();
}

absl::Status CreateStore(RowStore& rows, const std::string& data_directory, const crypto::SymmetricKey& kek,
                         const base::OrganisationId& organisation, crypto::Random& random) {
  if (const absl::Status status = Vault::Create(rows, kek, organisation, random); !status.ok()) return status;
  if (const absl::Status status = WriteLabel(data_directory, {organisation, 1}); !status.ok()) return status;
  return Mark::Create(MarkIn(data_directory), kek, {0, 0, ledger::EmptyRoot()});
}

absl::StatusOr<Edge> ReadEdge(const Records& records) {
  Edge edge;
  const absl::StatusOr<std::optional<std::string>> group = records.GetOwn(base::Table::kGroup);
  if (!group.ok()) return group.status();
  if (*group) {
    if ((*group)->size() != 8) return LedgerDamaged("the group's number");
    for (const char c : **group) edge.state.group = edge.state.group << 8 | static_cast<unsigned char>(c);
  }
  const absl::StatusOr<ledger::TreeTail> tail = ledger::ReadTail(records);
  if (!tail.ok()) return tail.status();
  auto frontier = ledger::Frontier::Restore(*tail, ledger::TileRows(records));
  if (!frontier.ok()) return frontier.status();
  edge.frontier = *std::move(frontier);
  edge.state.leaves = edge.frontier.size();
  edge.state.root = edge.frontier.Root();
  return edge;
}

absl::Status IndexLeaves(const Records& records, LeafIndex* leaves) {
  const absl::StatusOr<ledger::TreeTail> tail = ledger::ReadTail(records);
  if (!tail.ok()) return tail.status();
  for (std::uint64_t index = 0; leaves->size() < tail->settled(); ++index) {
    const std::uint64_t due = ledger::LeavesInTile(*tail, index);
    const absl::StatusOr<ledger::TileHashes> tile = ledger::ReadLeafTile(records, *tail, index);
    if (tile.ok()) leaves->Append({tile->data(), due});
    else leaves->Skip(due);
  }
  leaves->Append(tail->hashes);
  return absl::OkStatus();
}

absl::Status CompareWithMark(const MarkState& edge, const MarkState& mark) {
  if (edge.group < mark.group || edge.leaves < mark.leaves) return RolledBack();
  // After a power cut the mark may lag; then there is nothing to compare the root with, and check looks at the tree.
  if ((edge.group == mark.group || edge.leaves == mark.leaves) && !(edge.leaves == mark.leaves && edge.root == mark.root))
    return Forked();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(std::unique_ptr<RowStore> rows, const std::string& data_directory,
                                                   StoreParts parts) {
  std::unique_ptr<Store> store(new Store());
  store->rows_ = std::move(rows);
  auto vault = Vault::Open(*store->rows_, parts.keys.kek, parts.random);
  if (!vault.ok()) return vault.status();
  store->vault_ = *std::move(vault);
  store->records_ = std::make_unique<Records>(*store->rows_, *store->vault_, store->derived_, parts.events);

  auto mark = Mark::Open(MarkIn(data_directory), parts.keys.kek);
  if (!mark.ok()) return mark.status();
  store->mark_ = *std::move(mark);
  auto edge = ReadEdge(*store->records_);
  if (!edge.ok()) return edge.status();
  if (const absl::Status status = CompareWithMark(edge->state, store->mark_->state()); !status.ok()) return status;
  if (const absl::Status status = store->mark_->Advance(edge->state); !status.ok()) return status;
  if (const absl::Status status = store->mark_->Sync(); !status.ok()) return status;

  if (const absl::Status status = IndexLeaves(*store->records_, &store->derived_.leaves); !status.ok()) return status;
  if (parts.count)
    if (const absl::Status status = parts.count(*store->records_, store->derived_.counts); !status.ok()) return status;
  if (!store->derived_.leaves.whole()) parts.events.Record(base::Event::kRowRefused);
  if (const absl::Status status = Vault::Renew(*store->rows_, parts.keys.kek, parts.random); !status.ok()) return status;
  std::optional<crypto::SigningKey> next;
  if (parts.keys.next_log_key) next = parts.keys.next_log_key->Clone();
  store->log_keys_ = std::make_unique<ledger::LogKeys>(parts.keys.log_key.Clone(), std::move(next));
  store->journal_ = std::make_unique<Journal>(
      JournalParts{*store->rows_, *store->vault_, *store->records_, store->derived_, store->mark_.get(), parts.clock,
                   parts.events, parts.random, *store->log_keys_, std::move(parts.on_failure)},
      std::move(edge->frontier), edge->state.group, parts.limits);
  return store;
}

}  // namespace alcove::storage
