// What keeps intake closed. Each line is something that a root holder or an administrator can mend.
#include <algorithm>

#include "server/core/people/organisation.h"

namespace alcove::people {
namespace {

// A fallback is a person who can be reached when everybody inside is in conflict, so one from inside the chart is none.
std::size_t OutsideFallbacks(const Organisation& organisation) {
  const std::vector<const Person*> fallbacks = organisation.With(Role::kFallback);
  return static_cast<std::size_t>(std::count_if(
      fallbacks.begin(), fallbacks.end(), [](const Person* person) { return person->outside && !person->administers && !person->watches; }));
}

// Whoever administers the service is behind the wall of every case, and whoever watches over cases reads none.
bool NobodyMayRead(const std::vector<const Person*>& people) {
  return std::all_of(people.begin(), people.end(), [](const Person* person) { return person->administers || person->watches; });
}

}  // namespace

std::vector<std::string> GapsOf(const Organisation& organisation, base::Day today) {
  std::vector<std::string> gaps;
  if (organisation.directory() == nullptr) {
    gaps.push_back("no directory is published");
    return gaps;
  }
  if (!organisation.DirectoryValidOn(today)) gaps.push_back("the directory is not valid today: publish a new version");
  for (Document document : kDocuments) {
    const PublishedPolicy* policy = organisation.policy(document);
    if (policy == nullptr) {
      gaps.push_back("no " + std::string(Name(document)) + " document is published");
    } else if (!policy->vouched) {
      gaps.push_back("the " + std::string(Name(document)) +
                     " document is not signed by enough of the directory's root holders");
    }
  }
  const std::size_t fallbacks = OutsideFallbacks(organisation);
  if (fallbacks < organisation.safeguards().fallbacks)
    gaps.push_back("only " + std::to_string(fallbacks) + " fallbacks from outside the chart; " +
                   std::to_string(organisation.safeguards().fallbacks) + " are needed");
  if (NobodyMayRead(organisation.With(Role::kEscalation))) gaps.push_back("nobody is the escalation recipient");
  if (organisation.With(Role::kAdministrator).empty()) gaps.push_back("nobody is an administrator");
  if (organisation.routing() != nullptr) {
    std::vector<std::string> seen;
    for (const RoutingRule& rule : organisation.routing()->rules()) {
      if (std::find(seen.begin(), seen.end(), rule.desk) != seen.end()) continue;
      seen.push_back(rule.desk);
      if (!organisation.HasDesk(rule.desk)) {
        gaps.push_back("routing names the desk " + rule.desk + ", which the directory does not have");
      } else if (NobodyMayRead(organisation.MembersOf(rule.desk))) {
        gaps.push_back("the desk " + rule.desk + " has no investigator");
      }
    }
  }
  return gaps;
}

}  // namespace alcove::people
