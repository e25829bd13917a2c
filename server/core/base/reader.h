// Reading rows. A component is handed a `Reader`, or a port of its room cut down to what it may read.
//
// A read sees every transaction that was acknowledged before it began. Reads are not a snapshot of each other: what two
// reads must agree on is said with expectations.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/core/base/changes.h"
#include "server/core/base/record.h"

namespace alcove::base {

// Thread-safe; does not block on commits. A row that does not open under its key (damaged, moved, forged) is an error of
// code DATA_LOSS, never a missing row.
class Reader {
 public:
  struct Row {
    std::unique_ptr<Record> record;
    RowVersion version;
  };

  virtual ~Reader() = default;

  virtual absl::StatusOr<std::optional<Row>> GetRow(Table table, std::string_view key) const = 0;

  // Rows whose key begins with `prefix`, in key order, strictly after the key `after` (empty: from the first), at most
  // `limit`, until `visit` returns false. A prefix holds a slug whole or not at all; a table that begins with a slug is
  // not scanned across slugs in any useful order.
  virtual absl::Status ScanRows(Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                                const std::function<bool(Row)>& visit) const = 0;

  virtual std::int64_t CountOf(Counter counter, std::string_view name) const = 0;

  template <StoredRecord R>
  absl::StatusOr<std::optional<Versioned<R>>> Get(std::string_view key) const {
    absl::StatusOr<std::optional<Row>> row = GetRow(R::kTable, key);
    if (!row.ok()) return row.status();
    if (!*row) return std::optional<Versioned<R>>();
    return std::optional<Versioned<R>>(Typed<R>(std::move(**row)));
  }

  // `visit(Versioned<R>) -> bool`: false stops.
  template <StoredRecord R, class Visit>
  absl::Status Scan(std::string_view prefix, std::string_view after, std::size_t limit, Visit&& visit) const {
    return ScanRows(R::kTable, prefix, after, limit, [&](Row row) { return visit(Typed<R>(std::move(row))); });
  }

 private:
  // One record type a table (record.h), so the table decides the type.
  template <StoredRecord R>
  static Versioned<R> Typed(Row row) {
    return {std::move(static_cast<R&>(*row.record)), row.version};
  }
};

}  // namespace alcove::base
