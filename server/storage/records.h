// Records in rows: the reader of everything above storage, and the encoder of what the Journal writes. Written once over
// RowStore.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/storage/leaf_index.h"
#include "server/storage/row_store.h"
#include "server/storage/seal.h"

namespace alcove::storage {

// The counters of changes.h. Any thread.
class Counts {
 public:
  void Add(base::Counter counter, std::string_view name, std::int64_t delta);
  std::int64_t Of(base::Counter counter, std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> counts_;
};

// What follows from the rows and is kept in memory: made anew at start, moved on by the Journal.
struct Derived {
  Counts counts;
  LeafIndex leaves;
};

// Rows sealed and ready to be written, with what must hold. Positions are in `bytes`, which grows only while encoding.
struct SealedRows {
  struct Span {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct Row {
    Span key;
    Span value;
    bool remove = false;
  };
  struct Expectation {
    Span key;
    std::optional<base::RowVersion> version;
  };

  std::string bytes;
  std::vector<Row> rows;
  std::vector<Expectation> expectations;
  std::vector<std::pair<std::string, RowKey>> new_case_keys;  // case id; to be kept once the rows are durable
  std::vector<std::string> shredded;                          // ids of cases whose key goes

  std::string_view View(Span span) const { return std::string_view(bytes).substr(span.at, span.size); }
  RowWrite Write(const Row& row) const { return {View(row.key), View(row.value), row.remove}; }
};

class Records final : public base::Reader {
 public:
  // All outlive the records.
  Records(const RowStore& rows, const Vault& vault, const Derived& derived, base::EventSink& events)
      : rows_(rows), vault_(vault), derived_(derived), events_(events) {}

  absl::StatusOr<std::optional<Row>> GetRow(base::Table table, std::string_view key) const override;
  absl::Status ScanRows(base::Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                        const std::function<bool(Row)>& visit) const override;
  std::int64_t CountOf(base::Counter counter, std::string_view name) const override {
    return derived_.counts.Of(counter, name);
  }

  // Seals the writes of `changes` into `out`, but for those of scope memory, drawing the key of a case that the change set
  // makes (it expects the row of the case to be absent). `with` gives keys of cases made by rows that are not durable yet; may be null.
  // KeyMissing for a row of a case that is not there; INTERNAL for a key of the wrong shape.
  absl::Status Encode(const base::ChangeSet& changes, const SealedRows* with, SealedRows* out) const;

  // A row of storage's own, of scope store: `content` sealed under `table` and an empty key.
  absl::Status EncodeOwn(base::Table table, std::string content, SealedRows* out) const;
  absl::StatusOr<std::optional<std::string>> GetOwn(base::Table table) const;

 private:
  // Of a leaf, as tiles and tail have it.
  absl::StatusOr<std::optional<Row>> GetPlace(std::string_view leaf_hash) const;
  absl::StatusOr<Row> Decode(base::Table table, const crypto::SymmetricKey& key, std::string_view disk_key,
                             std::string_view sealed) const;
  absl::StatusOr<RowKey> KeyToWrite(const base::ChangeSet& changes, base::Table table, std::string_view key,
                                    const SealedRows* with, SealedRows* out) const;

  const RowStore& rows_;
  const Vault& vault_;
  const Derived& derived_;
  base::EventSink& events_;
};

}  // namespace alcove::storage
