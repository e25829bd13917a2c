#include "server/core/approvals/reach.h"

#include <algorithm>

#include "server/core/approvals/records.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/reach.h"

namespace alcove::approvals {

namespace {

bool HoldsReleased(const std::vector<grants::Holder>& holders, const base::StaffSlug& staff) {
  return std::any_of(holders.begin(), holders.end(),
                     [&](const grants::Holder& holder) { return holder.released && holder.staff == staff; });
}

}  // namespace

bool MayDecide(const cases::Ports& ports, const people::Person& person, const cases::Case& record,
               const base::StaffSlug& requester, const Terms& terms) {
  const bool has_part = person.slug == requester || person.slug == terms.person ||
                        HoldsReleased(record.thread.holders, person.slug) ||
                        HoldsReleased(record.team.holders, person.slug);
  const bool conflict = access::InConflict(ports.organisation, person, record.wall);
  return person.Has(format::Role::kApprover) && !has_part && !conflict;
}

std::vector<const people::Person*> Deciders(const cases::Ports& ports, const cases::Case& record,
                                            const base::StaffSlug& requester, const Terms& terms) {
  std::vector<const people::Person*> deciders;
  for (const people::Person* person : ports.organisation.With(format::Role::kApprover))
    if (MayDecide(ports, *person, record, requester, terms)) deciders.push_back(person);
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
  auto approval = ports.rows.Get<cases::Approval>(base::RowKey(case_id, id));
  if (!approval.ok()) return approval.status();
  auto found = ports.rows.Get<cases::Case>(base::RowKey(case_id));
  if (!found.ok()) return found.status();
  if (!*approval || !*found) return base::NothingHere();
  const cases::Case& record = (*found)->record;
  const bool asked = (*approval)->record.requester == caller;
  const bool may = asked ? cases::MayReach(ports, *person, record)
                         : person->Has(format::Role::kApprover) &&
                               !access::InConflict(ports.organisation, *person, record.wall);
  if (!may) return base::NothingHere();
  const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, case_id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed) return base::NothingHere();
  return Reached{**std::move(approval), **std::move(found), person, asked};
}

}  // namespace alcove::approvals
