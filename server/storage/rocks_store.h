// Rows in RocksDB 7.8, with every setting of the platform that was found to matter (DESIGN.md gives the accident behind
// each). The directory is made with mode 0700 and holds nothing but sealed values under random keys.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>


#include "server/storage/row_store.h"

namespace alcove::storage {

struct RocksOptions {
  std::string directory;
  // False refuses a directory without a database (NOT_FOUND); true makes one and refuses one that is there
  // (ALREADY_EXISTS).
  bool create = false;
  // Nothing is written, not even a log; commits are refused.
  bool read_only = false;
  // Writes are refused as StoreFull while the device has less free: what RocksDB needs to start and to compact must not
  // be used up by reports.
  std::uint64_t reserve_bytes = std::uint64_t{64} << 20;
  // Of one buffer; up to three fill under load.
  std::size_t write_buffer_bytes = std::size_t{32} << 20;
};

// Errors: NOT_FOUND, ALREADY_EXISTS, DATA_LOSS (damaged or incomplete files, named by kind), StoreFull, UNAVAILABLE.
absl::StatusOr<std::unique_ptr<RowStore>> OpenRocksStore(const RocksOptions& options);

}  // namespace alcove::storage
