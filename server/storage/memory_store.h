// Rows in memory, for tests and tools. Keeps everything the interface promises but durability.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "server/storage/row_store.h"

namespace alcove::storage {

class MemoryStore final : public RowStore {
 public:
  absl::StatusOr<bool> Get(std::string_view key, std::string* value) const override;
  absl::Status Versions(std::span<const std::string_view> keys,
                        std::vector<std::optional<base::RowVersion>>* versions) const override;
  absl::Status Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override;
  absl::Status Commit(std::span<const RowWrite> writes, std::span<const RowExpectation> expectations) override;
  absl::Status Resume() override { return absl::OkStatus(); }
  absl::Status Settle() override { return absl::OkStatus(); }
  // UNIMPLEMENTED: there are no files.
  absl::Status CopyTo(const std::string& directory) override;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace alcove::storage
