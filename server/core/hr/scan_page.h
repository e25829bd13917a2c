// Pages of rows whose key is a random id, so that their order tells nothing.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/format/ids.h"
#include "server/core/base/errors.h"
#include "server/core/base/keys.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/show.h"
#include "server/core/cases/views.h"

namespace alcove::hr {

inline constexpr std::uint32_t kUsualPage = 16;
inline constexpr std::uint32_t kMostOfPage = 32;

// Rows whose key is an id of kind Id, those that `wanted` takes, a page of them. FIELD_INVALID("page_token").
template <class R, class Id>
absl::Status ScanPage(const cases::Ports& ports, const cases::PageRequest& request,
                      const std::function<bool(const R&)>& wanted, std::vector<R>& out, std::string& next_token) {
  std::string after;
  if (!request.token.empty()) {
    const absl::StatusOr<Id> last = format::FromText<Id>(request.token);
    if (!last.ok()) return base::FieldInvalid("page_token");
    after = base::RowKey(*last);
  }
  const std::uint32_t size = cases::SizeOf(request, kUsualPage, kMostOfPage);
  return ports.rows.Scan<R>("", after, SIZE_MAX, [&](base::Versioned<R> row) {
    if (!wanted(row.record)) return true;
    if (out.size() == size) {
      next_token = format::Text(out.back().id);
      return false;
    }
    out.push_back(std::move(row.record));
    return true;
  });
}

}  // namespace alcove::hr
