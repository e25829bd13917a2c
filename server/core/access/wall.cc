#include "server/core/access/wall.h"

#include <algorithm>

namespace alcove::access {
namespace {

bool Names(const Named& named, const people::Person& person) {
  return person.IsNamedBy(named.tag) ||
         std::find(named.slugs.begin(), named.slugs.end(), person.slug) != named.slugs.end();
}

bool AnyNames(const std::vector<Named>& all, const people::Person& person) {
  return std::any_of(all.begin(), all.end(), [&](const Named& named) { return Names(named, person); });
}

bool Holds(const std::vector<base::StaffSlug>& slugs, const base::StaffSlug& slug) {
  return std::find(slugs.begin(), slugs.end(), slug) != slugs.end();
}

// The chain above a subject and the people in a declared relation to one enter here with the organisation's chart. Until
// then a subject's chart is the subject.
bool StandsByASubject(const people::Organisation&, const people::Person&, const Wall&) { return false; }

}  // namespace

bool InConflict(const people::Organisation& organisation, const people::Person& person, const Wall& wall) {
  // No early way out: how long this takes does not tell which list a person is on.
  const bool subject = AnyNames(wall.subjects, person);
  const bool kept_out = AnyNames(wall.kept_out, person);
  const bool struck_out = Holds(wall.struck_out, person.slug);
  const bool recused = Holds(wall.recused, person.slug);
  const bool near = StandsByASubject(organisation, person, wall);
  return subject || kept_out || struck_out || recused || near;
}

bool InConflict(const people::Organisation& organisation, const base::StaffSlug& slug, const Wall& wall) {
  const people::Person* person = organisation.FindPerson(slug);
  return person == nullptr || InConflict(organisation, *person, wall);
}

}  // namespace alcove::access
