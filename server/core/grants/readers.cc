#include "server/core/grants/readers.h"

#include <algorithm>

namespace alcove::grants {

bool MayReadOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall,
               base::Day today) {
  const people::Person* person = organisation.FindPerson(holder.staff);
  return person != nullptr && person->DeviceOf(holder.key_id) != nullptr && InForce(holder, today) &&
         !access::InConflict(organisation, *person, wall);
}

std::vector<Holder> Remaining(const std::vector<Holder>& holders, const people::Organisation& organisation,
                              const access::Wall& wall, base::Day today) {
  std::vector<Holder> remaining;
  for (const Holder& holder : holders)
    if (MayReadOn(holder, organisation, wall, today)) remaining.push_back(holder);
  return remaining;
}

bool IsStale(const std::vector<Holder>& holders, const people::Organisation& organisation, const access::Wall& wall,
             base::Day today) {
  return !std::all_of(holders.begin(), holders.end(),
                      [&](const Holder& holder) { return MayReadOn(holder, organisation, wall, today); });
}

std::vector<Required> RequiredOf(const std::vector<Holder>& holders) {
  std::vector<Required> required;
  required.reserve(holders.size() + 1);
  for (const Holder& holder : holders) required.push_back({holder.key_id, holder.condition});
  return required;
}

std::vector<Required> RequiredWithMailbox(const std::vector<Holder>& holders, const crypto::KeyId& mailbox) {
  std::vector<Required> required = RequiredOf(holders);
  required.insert(required.begin(), {mailbox, format::ReleaseCondition::kMailbox});
  return required;
}

}  // namespace alcove::grants
