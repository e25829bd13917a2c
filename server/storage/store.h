// A data directory and everything that is opened with it.
//
//   db/    the database (rocks_store.h)
//   mark   the high-water mark (mark.h)
//   label  whose it is and under which KEK (label.h)
//
// No key lies here: whoever takes the directory has ciphertext.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/ledger/log_keys.h"
#include "server/storage/journal.h"
#include "server/storage/keys.h"
#include "server/storage/mark.h"
#include "server/storage/records.h"
#include "server/storage/row_store.h"
#include "server/storage/seal.h"

namespace alcove::storage {

std::string DatabaseIn(const std::string& data_directory);
std::string MarkIn(const std::string& data_directory);

// Opens the rows in a directory, for those parts that open several. `main` hands in the one over RocksDB.
using OpenRows = std::function<absl::StatusOr<std::unique_ptr<RowStore>>(const std::string& directory, bool read_only)>;

// Makes a new store: the format row in `rows`, mark and label in `data_directory`. ALREADY_EXISTS where there is one.
absl::Status CreateStore(RowStore& rows, const std::string& data_directory, const crypto::SymmetricKey& kek,
                         const base::OrganisationId& organisation, crypto::Random& random);

struct StoreParts {
  const ServerKeys& keys;
  base::Clock& clock;
  base::EventSink& events;
  crypto::Random& random;
  std::function<void()> on_failure;  // see JournalParts
  // Counts what Counter means over the rows, at start. May be empty: counters then start at zero.
  std::function<absl::Status(const base::Reader&, Counts&)> count;
  JournalLimits limits;
};

// An open store. Readers from any thread; ends by writing what waits.
class Store {
 public:
  // Checks format, mark and the edge of the ledger: WrongKek, FormatNewer, MarkMissing, MarkDamaged, RolledBack, Forked,
  // LedgerDamaged. Then marks an older format as this program's; StoreFull when there is no room for that.
  // What is in `parts` by reference outlives the store.
  static absl::StatusOr<std::unique_ptr<Store>> Open(std::unique_ptr<RowStore> rows, const std::string& data_directory,
                                                     StoreParts parts);

  const base::OrganisationId& organisation() const { return vault_->organisation(); }
  const Vault& vault() const { return *vault_; }
  const base::Reader& reader() const { return *records_; }
  base::Committer& committer() { return *journal_; }
  const Journal& journal() const { return *journal_; }
  const Counts& counts() const { return derived_.counts; }
  RowStore& rows() { return *rows_; }
  // Copies of the keys it was opened with.
  ledger::LogKeys& log_keys() { return *log_keys_; }

 private:
  Store() = default;

  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<Vault> vault_;
  Derived derived_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Mark> mark_;
  std::unique_ptr<ledger::LogKeys> log_keys_;
  std::unique_ptr<Journal> journal_;  // last: it ends first
};

// How far the rows have come, for the mark and for check. LedgerDamaged where they contradict themselves.
struct Edge {
  MarkState state;
  ledger::Frontier frontier;
};
absl::StatusOr<Edge> ReadEdge(const Records& records);

// Fills an empty index. What a damaged tile held is skipped: one tile must not close the intake, and check names it. An error
// where the tail cannot be read.
absl::Status IndexLeaves(const Records& records, LeafIndex* leaves);

// OK when a store that stands at `edge` may follow `mark`: RolledBack or Forked otherwise.
absl::Status CompareWithMark(const MarkState& edge, const MarkState& mark);

}  // namespace alcove::storage
