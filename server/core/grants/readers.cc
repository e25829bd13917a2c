#include "server/core/grants/readers.h"

#include <algorithm>

#include "crypto/format/epoch.h"

namespace alcove::grants {

bool PersonReadsOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall,
                   base::Day today) {
  const people::Person* person = organisation.FindPerson(holder.staff);
  return person != nullptr && InForce(holder, today) && access::MayRead(organisation, *person, wall);
}

bool MayReadOn(const Holder& holder, const people::Organisation& organisation, const access::Wall& wall,
               base::Day today) {
  const people::Person* person = organisation.FindPerson(holder.staff);
  return person != nullptr && person->DeviceOf(holder.key_id) != nullptr && InForce(holder, today) &&
         access::MayRead(organisation, *person, wall);
}

std::vector<Holder> Remaining(const std::vector<Holder>& holders, const people::Organisation& organisation,
                              const access::Wall& wall, base::Day today) {
  std::vector<Holder> remaining;
  for (const Holder& holder : holders)
    if (MayReadOn(holder, organisation, wall, today)) remaining.push_back(holder);
  return remaining;
}

namespace {

// One line of the mailbox's stands in every record of THREAD.
constexpr std::size_t kMostLines = format::kMaxReaders - 1;

// The first line of everybody who reads on.
std::vector<const Holder*> PeopleWhoReadOn(const std::vector<Holder>& holders, const people::Organisation& organisation,
                                           const access::Wall& wall, base::Day today, Guests guests) {
  std::vector<const Holder*> people;
  for (const Holder& holder : holders) {
    const bool known = std::any_of(people.begin(), people.end(),
                                   [&](const Holder* other) { return other->staff == holder.staff; });
    const base::Day counted = guests == Guests::kStay && holder.until ? std::min(today, *holder.until) : today;
    if (!known && PersonReadsOn(holder, organisation, wall, counted)) people.push_back(&holder);
  }
  return people;
}

const Holder* LineOf(const std::vector<Holder>& holders, const Holder& like, const crypto::KeyId& key) {
  for (const Holder& holder : holders)
    if (holder.staff == like.staff && holder.key_id == key && !holder.lost) return &holder;
  return nullptr;
}

}  // namespace

std::vector<Holder> NextHolders(const std::vector<Holder>& holders, const people::Organisation& organisation,
                                const access::Wall& wall, base::Day today, Guests guests) {
  const std::vector<const Holder*> people = PeopleWhoReadOn(holders, organisation, wall, today, guests);
  std::size_t machines = 0;
  for (const Holder* one : people) machines += organisation.FindPerson(one->staff)->devices.size();
  std::vector<Holder> next;
  next.reserve(std::min(machines, kMostLines));
  for (const Holder* one : people) {
    for (const people::Device& device : organisation.FindPerson(one->staff)->devices) {
      const Holder* line = LineOf(holders, *one, device.encryption_key_id);
      next.push_back(line == nullptr ? *one : *line);
      next.back().key_id = device.encryption_key_id;
      if (machines > kMostLines) break;
    }
  }
  return next;
}

bool IsStale(const std::vector<Holder>& holders, const people::Organisation& organisation, const access::Wall& wall,
             base::Day today, Guests guests) {
  const std::vector<Holder> next = NextHolders(holders, organisation, wall, today, guests);
  if (next.size() != holders.size()) return true;
  return std::any_of(next.begin(), next.end(),
                     [&](const Holder& line) { return LineOf(holders, line, line.key_id) == nullptr; });
}

std::size_t LivingHolders(const std::vector<Holder>& holders, const people::Organisation& organisation,
                          const access::Wall& wall, base::Day today) {
  std::vector<base::StaffSlug> people;
  for (const Holder& holder : holders)
    if (std::find(people.begin(), people.end(), holder.staff) == people.end() &&
        MayReadOn(holder, organisation, wall, today))
      people.push_back(holder.staff);
  return people.size();
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
