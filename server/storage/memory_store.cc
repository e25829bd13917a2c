#include "server/storage/memory_store.h"

#include <utility>
#include <vector>

#include "server/core/base/errors.h"

namespace alcove::storage {

absl::StatusOr<bool> MemoryStore::Get(std::string_view key, std::string* value) const {
  const std::shared_lock lock(mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return false;
  *value = row->second;
  return true;
}

absl::Status MemoryStore::Versions(std::span<const std::string_view> keys,
                                   std::vector<std::optional<base::RowVersion>>* versions) const {
  const std::shared_lock lock(mutex_);
  versions->assign(keys.size(), std::nullopt);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto row = rows_.find(keys[i]); row != rows_.end()) (*versions)[i] = base::RowVersion(row->second);
  return absl::OkStatus();
}

absl::Status MemoryStore::Scan(std::string_view prefix, std::string_view after, const Visit& visit) const {
  // A copy, so that the visitor sees one moment and may itself read or commit.
  std::vector<std::pair<std::string, std::string>> seen;
  {
    const std::shared_lock lock(mutex_);
    auto row = after.empty() || after < prefix ? rows_.lower_bound(prefix) : rows_.upper_bound(after);
    for (; row != rows_.end() && std::string_view(row->first).starts_with(prefix); ++row) seen.emplace_back(*row);
  }
  for (const auto& [key, value] : seen)
    if (!visit(key, value)) break;
  return absl::OkStatus();
}

absl::Status MemoryStore::Commit(std::span<const RowWrite> writes, std::span<const RowExpectation> expectations) {
  const std::unique_lock lock(mutex_);
  for (const RowExpectation& expectation : expectations) {
    const auto row = rows_.find(expectation.key);
    const bool holds = row == rows_.end() ? !expectation.version
                                          : expectation.version && *expectation.version == base::RowVersion(row->second);
    if (!holds) return base::Contended();
  }
  for (const RowWrite& write : writes) {
    if (write.remove) {
      if (const auto row = rows_.find(write.key); row != rows_.end()) rows_.erase(row);
    } else {
      rows_.insert_or_assign(std::string(write.key), std::string(write.value));
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryStore::CopyTo(const std::string&) { return absl::UnimplementedError("memory has no files"); }

}  // namespace alcove::storage
