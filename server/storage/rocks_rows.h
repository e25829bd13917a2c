// Rows as they lie in RocksDB: each under its own key, but those of a newborn case together (newborn.h). Used by rocks_store.cc
// alone, which keeps the database and knows what to do when it fails.
#pragma once

#include <absl/status/status.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/row_store.h"

namespace alcove::storage {

// RocksDB's texts name paths and sometimes keys, so only the kind of an error goes on.
absl::Status StatusOf(const rocksdb::Status& status);

// Calls `found` with the position of each key, in order, and its row, or nothing where there is none. The rows of one call of up
// to sixteen keys are of one moment. The views die when `found` returns.
absl::Status FindRows(rocksdb::DB& db, std::span<const std::string_view> keys,
                      const std::function<void(std::size_t, std::optional<std::string_view>)>& found);

// As RowStore::Scan.
absl::Status ScanRows(rocksdb::DB& db, std::string_view prefix, std::string_view after, const RowStore::Visit& visit);

// The writes of one commit as RocksDB is to carry them out. Kept from commit to commit for its room; one thread at a time.
class RowBatch {
 public:
  // Replaces what it held. Nobody else may write to `db` until the batch is written; `writes` may go after that.
  absl::Status Fill(rocksdb::DB& db, std::span<const RowWrite> writes);
  rocksdb::WriteBatch& batch() { return batch_; }

 private:
  // A case of which these writes touch rows that lie with it.
  struct WrittenCase {
    std::string_view id;
    std::optional<std::string> newborn;  // as the database has it
    bool is_born = false;
    std::vector<const RowWrite*> born;
  };

  // In order of keys, the last write of each.
  void Sort(std::span<const RowWrite> writes);
  const RowWrite* Find(std::string_view key) const;
  absl::Status FindCases(rocksdb::DB& db);
  // Null for a row that lies with no case.
  WrittenCase* CaseOf(std::string_view key);
  absl::Status Bear(const WrittenCase& one);
  // Places of their own for the rows of a newborn that these writes leave as they are.
  absl::Status Grow(const WrittenCase& one);

  rocksdb::WriteBatch batch_{0, 0, 8, 0};  // 8 bytes of checksum travel with every row up to the memtable
  std::vector<RowWrite> sorted_;
  std::vector<std::string_view> ids_;
  std::vector<WrittenCase> cases_;  // in order of their ids
  std::string heads_;
  std::vector<rocksdb::Slice> parts_;
};

}  // namespace alcove::storage
