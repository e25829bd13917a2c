#include "server/core/grants/readers.h"

namespace alcove::grants {

std::vector<Holder> Remaining(const std::vector<Holder>& holders, const people::Organisation& organisation,
                              const access::Wall& wall) {
  std::vector<Holder> remaining;
  for (const Holder& holder : holders) {
    const people::Person* person = organisation.FindPerson(holder.staff);
    if (person == nullptr || person->DeviceOf(holder.key_id) == nullptr) continue;
    if (access::InConflict(organisation, *person, wall)) continue;
    remaining.push_back(holder);
  }
  return remaining;
}

bool IsStale(const std::vector<Holder>& holders, const people::Organisation& organisation, const access::Wall& wall) {
  return Remaining(holders, organisation, wall).size() != holders.size();
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
