// Rows: opaque keys and values, durable in batches. All that the rest of storage asks of a database.
//
// Two implementations, rocks_store.h and memory_store.h, stand under one suite of tests (tests/server/storage). Nothing
// above this interface knows which one it has. Keys order as unsigned bytes. The first 16 bytes of a value are its version
// (base::RowVersion); a value is never shorter.
//
// Threads: every method may be called from any thread. Commits run one after another; readers do not wait for them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/base/record.h"

namespace alcove::storage {

// The bytes belong to the caller and must live until Commit returns.
struct RowWrite {
  std::string_view key;
  std::string_view value;  // unused when `remove`
  bool remove = false;
};

struct RowExpectation {
  std::string_view key;
  std::optional<base::RowVersion> version;  // nothing expects that there is no such row
};

class RowStore {
 public:
  // False ends the scan. The views die when the call returns.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~RowStore() = default;

  // Whether there is such a row; `value` is replaced when there is, and keeps its capacity.
  virtual absl::StatusOr<bool> Get(std::string_view key, std::string* value) const = 0;

  // The version of each of these rows in their order, or nothing where there is none; in one look, which costs less than as
  // many. `versions` is replaced.
  virtual absl::Status Versions(std::span<const std::string_view> keys,
                                std::vector<std::optional<base::RowVersion>>* versions) const = 0;

  absl::StatusOr<std::optional<base::RowVersion>> Version(std::string_view key) const {
    std::vector<std::optional<base::RowVersion>> version;
    if (absl::Status status = Versions({&key, 1}, &version); !status.ok()) return status;
    return version.front();
  }

  // Rows whose key begins with `prefix`, in order, strictly after `after` (empty: from the first). Sees one moment of
  // the store, however long it takes.
  virtual absl::Status Scan(std::string_view prefix, std::string_view after, const Visit& visit) const = 0;

  // Checks every expectation, then writes everything or nothing; the last write of a key wins. After OK the rows survive
  // kill -9 and power loss. Otherwise
  //   Contended    an expectation failed; nothing was written
  //   StoreFull    the device has no room; nothing was written, and nothing will be until Resume says OK
  //   any other    the device failed. What was written is unknown; the store takes no more writes in this process
  virtual absl::Status Commit(std::span<const RowWrite> writes, std::span<const RowExpectation> expectations) = 0;

  // After StoreFull: OK when there is room again and commits may go on, StoreFull when there is not. StoreFailed when what
  // was refused is on the device after all, or the database does not open: as after a failed commit.
  virtual absl::Status Resume() = 0;

  // Writes buffered rows to their files and rewrites the files, so that they keep no order of arrival. Slow; for quiet
  // hours.
  virtual absl::Status Settle() = 0;

  // Makes a complete copy, as of one moment between two commits, in `directory`, which must not exist yet. Commits and
  // reads go on.
  virtual absl::Status CopyTo(const std::string& directory) = 0;
};

}  // namespace alcove::storage
