#include "server/core/approvals/reach.h"

#include <algorithm>
#include <utility>

#include "server/core/approvals/identity.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/reach.h"

namespace alcove::approvals {
namespace {

using format::Role;

// This account is of that person. Accounts are not people.
bool Is(const people::Organisation& organisation, const people::Person& person, const base::StaffSlug& account) {
  const people::Person* other = organisation.FindPerson(account);
  return person.slug == account || (other != nullptr && SamePerson(person, *other));
}

bool HoldsReleased(const people::Organisation& organisation, const std::vector<grants::Holder>& holders,
                   const people::Person& person) {
  return std::any_of(holders.begin(), holders.end(), [&](const grants::Holder& holder) {
    return holder.released && Is(organisation, person, holder.staff);
  });
}

bool HasPart(const people::Organisation& organisation, const cases::Case& record, const people::Person& person) {
  return HoldsReleased(organisation, record.thread.holders, person) ||
         HoldsReleased(organisation, record.team.holders, person);
}

absl::StatusOr<Reached> ReachOfClock(const cases::Ports& ports, const people::Person& person,
                                     const base::ApprovalId& id) {
  auto row = ports.rows.Get<ClockApproval>(base::RowKey(id));
  if (!row.ok()) return row.status();
  if (!*row) return base::Broken("a party to an approval that is not there");
  ClockApproval& clock = (*row)->record;
  cases::Approval& approval = clock.approval;
  const bool asked = approval.requester == person.slug;
  const bool may = asked ? person.Has(Role::kAdministrator)
                         : MayDecide(ports, person, nullptr, approval.requester, TermsOf(approval));
  if (!may) return base::NothingHere();
  Reached reached{};
  reached.concern.person = &person;
  reached.concern.leap = clock.leap;
  reached.approval = std::move(approval);
  reached.version = (*row)->version;
  reached.asked = asked;
  return reached;
}

}  // namespace

bool HasDecidingRole(const people::Person& person, const cases::Case* record, const Terms& terms) {
  if (record == nullptr) return person.Has(Role::kAuditor);
  if (IsRelease(terms) && ShareIndexOf(person, terms) != 0) return true;
  return person.Has(Role::kApprover) && !AsksReporter(terms);
}

bool MayDecide(const cases::Ports& ports, const people::Person& person, const cases::Case* record,
               const base::StaffSlug& requester, const Terms& terms) {
  const people::Organisation& organisation = ports.organisation;
  if (!HasDecidingRole(person, record, terms) || Is(organisation, person, requester) || Is(organisation, person, terms.person))
    return false;
  return record == nullptr ||
         (!HasPart(organisation, *record, person) && !access::InConflict(organisation, person, record->wall));
}

std::vector<const people::Person*> Deciders(const cases::Ports& ports, const cases::Case* record,
                                            const base::StaffSlug& requester, const Terms& terms) {
  std::vector<const people::Person*> deciders;
  for (const people::Person& person : ports.organisation.people())
    if (MayDecide(ports, person, record, requester, terms)) deciders.push_back(&person);
  return deciders;
}

absl::StatusOr<Reached> ReachApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                      const base::ApprovalId& id) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  auto party = ports.rows.Get<Party>(base::RowKey(caller, id));
  if (!party.ok()) return party.status();
  if (!*party) return base::NothingHere();
  const base::CaseId& case_id = (*party)->record.case_id;
  if (case_id.IsZero()) return ReachOfClock(ports, *person, id);
  auto approval = ports.rows.Get<cases::Approval>(base::RowKey(case_id, id));
  if (!approval.ok()) return approval.status();
  auto found = ports.rows.Get<cases::Case>(base::RowKey(case_id));
  if (!found.ok()) return found.status();
  if (!*approval || !*found) return base::NothingHere();
  const cases::Case& record = (*found)->record;
  const bool asked = (*approval)->record.requester == caller;
  const bool may = asked ? cases::MayReach(ports, *person, record)
                         : HasDecidingRole(*person, &record, TermsOf((*approval)->record)) &&
                               !access::InConflict(ports.organisation, *person, record.wall);
  if (!may) return base::NothingHere();
  const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, case_id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed) return base::NothingHere();
  Reached reached{};
  reached.concern.person = person;
  reached.concern.found = *std::move(found);
  reached.approval = std::move((*approval)->record);
  reached.version = (*approval)->version;
  reached.asked = asked;
  return reached;
}

}  // namespace alcove::approvals
