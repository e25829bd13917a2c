#include "server/core/grants/holder.h"

namespace alcove::grants {

bool InForce(const Holder& holder, base::Day today) {
  return !holder.lost && (!holder.until || today <= *holder.until);
}

std::size_t Release(std::vector<Holder>& holders, const base::StaffSlug& staff, format::ReleaseCondition condition) {
  std::size_t moved = 0;
  for (Holder& holder : holders) {
    if (holder.staff != staff || holder.condition != condition || holder.released || holder.lost) continue;
    holder.released = true;
    ++moved;
  }
  return moved;
}

}  // namespace alcove::grants
