// How records are written: for each table one protobuf message of alcove.storage.v1 and one pair of functions.
//
// To add a record: its message in proto/alcove/storage/v1, `ToRow` and `FromRow` in the codec file of its room, and its line
// in codec.cc. A test fails for a table that has no line.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>

#include "server/core/base/record.h"

namespace alcove::storage {

struct Codec {
  // Adds the record's bytes to `out`. `record` is of the table's type.
  void (*encode)(const base::Record& record, std::string* out);
  // Null for bytes that are no such record: malformed, or a value out of its range.
  std::unique_ptr<base::Record> (*decode)(std::string_view bytes);
  // The row key that the record's own fields give.
  std::string (*key)(const base::Record& record);
};

// Null for a table whose rows are storage's own.
const Codec* CodecOf(base::Table table);

}  // namespace alcove::storage
