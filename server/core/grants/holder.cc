#include "server/core/grants/holder.h"

#include <algorithm>

namespace alcove::grants {

std::size_t Release(std::vector<Holder>& holders, const base::StaffSlug& staff, format::ReleaseCondition condition) {
  std::size_t moved = 0;
  for (Holder& holder : holders) {
    if (holder.staff != staff || holder.condition != condition || holder.released) continue;
    holder.released = true;
    ++moved;
  }
  return moved;
}

bool HoldsReleased(const std::vector<Holder>& holders, const base::StaffSlug& staff) {
  return std::any_of(holders.begin(), holders.end(),
                     [&](const Holder& holder) { return holder.released && holder.staff == staff; });
}

}  // namespace alcove::grants
