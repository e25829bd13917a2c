#include "server/core/cases/reach.h"

#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/escrow.h"

namespace alcove::cases {
namespace {

bool HoldsReleasedKey(const people::Person& person, const std::vector<grants::Holder>& holders, base::Day today) {
  for (const grants::Holder& holder : holders)
    if (IsHandedOut(holder, person, today)) return true;
  return false;
}

}  // namespace

absl::StatusOr<OwnCase> ReachOwn(const Ports& ports, const base::MailboxId& caller) {
  auto mailbox = ports.rows.Get<Mailbox>(base::RowKey(caller));
  if (!mailbox.ok()) return mailbox.status();
  if (!*mailbox) return base::NothingHere();
  auto found = ports.rows.Get<Case>(base::RowKey((*mailbox)->record.case_id));
  if (!found.ok()) return found.status();
  if (!*found || (*found)->record.mailbox != caller) return base::NothingHere();
  const absl::StatusOr<bool> doomed = IsDoomed(ports.rows, (*found)->record.id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed || IsOver((*found)->record, ports.clock.Today())) return base::NothingHere();
  OwnCase own;
  own.version = (*found)->version;
  own.record = std::move((*found)->record);
  if (!IsVeiled(own.record)) return own;
  own.behind = std::move(own.record);
  own.record = own.behind->escrow->face.front();
  return own;
}

bool IsHandedOut(const grants::Holder& holder, const people::Person& person, base::Day today) {
  return holder.released && holder.staff == person.slug && grants::InForce(holder, today) &&
         person.DeviceOf(holder.key_id) != nullptr;
}

bool MayReach(const Ports& ports, const people::Person& person, const Case& record) {
  const bool held = HoldsReleasedKey(person, record.thread.holders, ports.clock.Today());
  const bool may_read = access::MayRead(ports.organisation, person, record.wall);
  return held && may_read;
}

absl::StatusOr<TeamReach> ReachAsTeamThoughDoomed(const Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  auto membership = ports.rows.Get<Membership>(base::RowKey(caller, id));
  if (!membership.ok()) return membership.status();
  if (!*membership) return base::NothingHere();
  auto found = ports.rows.Get<Case>(base::RowKey(id));
  if (!found.ok()) return found.status();
  if (!*found || !MayReach(ports, *person, (*found)->record)) return base::NothingHere();
  return TeamReach{**std::move(found), person};
}

absl::StatusOr<TeamReach> ReachAsTeam(const Ports& ports, const base::StaffSlug& caller, const base::CaseId& id) {
  absl::StatusOr<TeamReach> reach = ReachAsTeamThoughDoomed(ports, caller, id);
  if (!reach.ok()) return reach;
  const absl::StatusOr<bool> doomed = IsDoomed(ports.rows, id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed) return base::NothingHere();
  return reach;
}

}  // namespace alcove::cases
