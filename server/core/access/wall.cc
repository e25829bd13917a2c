#include "server/core/access/wall.h"

#include <algorithm>

namespace alcove::access {
namespace {

using people::EmployeeIndex;

template <class T>
bool Holds(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// Who in the chart somebody named is: by what was found then, and by what tag and directory say now.
void AddEmployees(const people::Organisation& organisation, const Named& named, std::vector<EmployeeIndex>& employees) {
  const auto add = [&](EmployeeIndex employee) {
    if (!Holds(employees, employee)) employees.push_back(employee);
  };
  for (const base::EmployeeId& id : named.employees)
    if (const std::optional<EmployeeIndex> found = organisation.chart().Find(id)) add(*found);
  if (const std::optional<EmployeeIndex> found = organisation.chart().Find(named.tag)) add(*found);
  for (const people::Person* person : organisation.Recognise(named.tag)) std::ranges::for_each(person->employees, add);
  for (const base::StaffSlug& slug : named.slugs)
    if (const people::Person* person = organisation.FindPerson(slug)) std::ranges::for_each(person->employees, add);
}

std::vector<EmployeeIndex> EmployeesOf(const people::Organisation& organisation, const std::vector<Named>& all) {
  std::vector<EmployeeIndex> employees;
  for (const Named& named : all) AddEmployees(organisation, named, employees);
  return employees;
}

bool AnyNames(const people::Organisation& organisation, const std::vector<Named>& all, const people::Person& person) {
  const bool by_account = std::any_of(all.begin(), all.end(), [&](const Named& named) {
    return person.IsNamedBy(named.tag) || Holds(named.slugs, person.slug);
  });
  if (person.employees.empty()) return by_account;
  bool by_employee = false;
  for (EmployeeIndex employee : EmployeesOf(organisation, all))
    by_employee = Holds(person.employees, employee) || by_employee;
  return by_account || by_employee;
}

// By this or another account of the same person.
bool AnyAccount(const people::Organisation& organisation, const std::vector<base::StaffSlug>& slugs,
                const people::Person& person) {
  return std::any_of(slugs.begin(), slugs.end(), [&](const base::StaffSlug& slug) {
    const people::Person* other = organisation.FindPerson(slug);
    return slug == person.slug || (other != nullptr && SamePerson(person, *other));
  });
}

bool StandsByASubject(const people::Organisation& organisation, const people::Person& person, const Wall& wall) {
  if (person.employees.empty()) return false;
  const std::uint32_t since = Holds(wall.lifted, person.slug) ? people::Chart::kNow : wall.chart_version;
  const people::Reach reach = Stricter(wall.reach, organisation.safeguards().wall);
  bool near = false;
  for (EmployeeIndex subject : EmployeesOf(organisation, wall.subjects))
    VisitCircle(organisation.chart(), subject, reach, since,
                [&](EmployeeIndex employee) { near = Holds(person.employees, employee) || near; });
  return near;
}

template <class T>
void AddMissing(std::vector<T>& to, const std::vector<T>& from) {
  for (const T& one : from)
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

void AddNamed(std::vector<Named>& to, const std::vector<Named>& from) {
  for (const Named& named : from) {
    const auto known = std::find_if(to.begin(), to.end(), [&](const Named& own) { return own.tag == named.tag; });
    if (known == to.end()) {
      to.push_back(named);
    } else {
      AddMissing(known->slugs, named.slugs);
      AddMissing(known->employees, named.employees);
    }
  }
}

}  // namespace

Wall Union(const Wall& one, const Wall& other) {
  Wall wall = one;
  AddNamed(wall.subjects, other.subjects);
  AddNamed(wall.kept_out, other.kept_out);
  AddMissing(wall.struck_out, other.struck_out);
  AddMissing(wall.recused, other.recused);
  std::erase_if(wall.lifted, [&](const base::StaffSlug& slug) {
    return std::find(other.lifted.begin(), other.lifted.end(), slug) == other.lifted.end();
  });
  wall.chart_version = std::min(one.chart_version, other.chart_version);
  wall.reach = people::Stricter(one.reach, other.reach);
  return wall;
}

Named NameOf(const people::Organisation& organisation, const people::TagHash& tag) {
  Named named{tag, {}, {}};
  std::vector<EmployeeIndex> employees;
  for (const people::Person* person : organisation.Recognise(tag)) named.slugs.push_back(person->slug);
  AddEmployees(organisation, named, employees);
  for (EmployeeIndex employee : employees) named.employees.push_back(organisation.chart().id(employee));
  return named;
}

bool InConflict(const people::Organisation& organisation, const people::Person& person, const Wall& wall) {
  // No early way out: how long this takes does not tell which list a person is on.
  const bool subject = AnyNames(organisation, wall.subjects, person);
  const bool kept_out = AnyNames(organisation, wall.kept_out, person);
  const bool struck_out = AnyAccount(organisation, wall.struck_out, person);
  const bool recused = AnyAccount(organisation, wall.recused, person);
  const bool near = StandsByASubject(organisation, person, wall);
  return person.administers || subject || kept_out || struck_out || recused || near;
}

bool InConflict(const people::Organisation& organisation, const base::StaffSlug& slug, const Wall& wall) {
  const people::Person* person = organisation.FindPerson(slug);
  return person == nullptr || InConflict(organisation, *person, wall);
}

bool MayRead(const people::Organisation& organisation, const people::Person& person, const Wall& wall) {
  return !InConflict(organisation, person, wall) && !person.watches;
}

}  // namespace alcove::access
