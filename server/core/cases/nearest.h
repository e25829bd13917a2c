// Looking for a row in a way that takes as long when there is none (promise P3): the first row at or after the key is read
// and opened, whether it is the one that was asked for or a neighbour, and only then are the keys compared. A plain read
// would open a row in the one case and nothing in the other, some microseconds that a patient caller can measure.
// What is left: a key beyond the last row goes on from the first and costs one more step; with n rows that is one absent
// key in n + 1, and says nothing of any that exists.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <utility>

#include "server/core/base/reader.h"

namespace alcove::cases {

// Nothing only when the table is empty; so look at the row's own key.
template <base::StoredRecord R>
absl::StatusOr<std::optional<base::Versioned<R>>> Nearest(const base::Reader& rows, std::string key) {
  // The key before this one, because a scan begins after a key; none stands before zero.
  bool zero = true;
  for (const char c : key) zero = zero && c == 0;
  if (zero) {
    key.clear();
  } else {
    for (auto at = key.rbegin(); at != key.rend(); ++at)
      if ((*at)-- != 0) break;
  }
  std::optional<base::Versioned<R>> found;
  const auto take = [&](base::Versioned<R> row) {
    found.emplace(std::move(row));
    return false;
  };
  if (absl::Status status = rows.Scan<R>("", key, 1, take); !status.ok()) return status;
  if (!found && !zero)
    if (absl::Status status = rows.Scan<R>("", "", 1, take); !status.ok()) return status;
  return found;
}

}  // namespace alcove::cases
