#include "server/core/approvals/rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "server/core/approvals/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/approvals/identity.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/states.h"

namespace alcove::approvals {
namespace {

using format::ReleaseCondition;

// Whoever reads already needs no approval, and who stands in for others keeps the grant that waits for that. What a guest or
// a colleague of the desk has gives way to the new grant; so does the place of a reader who lost their machine, and need not
// wait for somebody to write then.
bool GivesWay(const grants::Holder& holder) {
  const bool dormant_colleague = holder.purpose == grants::Purpose::kDesk && !holder.released;
  const bool lost_machine = holder.released && holder.key_id.IsZero();
  return holder.lost || lost_machine || dormant_colleague || holder.condition == ReleaseCondition::kGuest;
}

bool LastDayFits(const Terms& terms, base::Day today) {
  if (terms.condition == ReleaseCondition::kApproved) return !terms.until;
  return terms.condition == ReleaseCondition::kGuest && terms.until && *terms.until >= today &&
         *terms.until <= today.PlusDays(kMostGuestDays);
}

absl::Status AllowedIf(bool allowed) { return allowed ? absl::OkStatus() : ApprovalRefused(); }

absl::Status CanBeAdded(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  const people::Person* person = ports.organisation.FindPerson(terms.person);
  if (person == nullptr || !access::MayRead(ports.organisation, *person, record.wall)) return ApprovalRefused();
  std::size_t others = 0;
  for (const grants::Holder& holder : record.thread.holders) {
    if (holder.staff != terms.person) ++others;
    else if (!GivesWay(holder)) return ApprovalRefused();
  }
  // One line of every record of THREAD is the mailbox's.
  return AllowedIf(others + person->devices.size() + 1 <= format::kMaxReaders && LastDayFits(terms, ports.clock.Today()));
}

// The grants are of the keyring's current epoch, on this condition, one for each machine of the person and for nobody else.
absl::Status CheckGrants(std::span<const crypto::BytesView> grants, const cases::KeyringState& state,
                         const people::Person& person, ReleaseCondition condition) {
  if (grants.size() != person.devices.size()) return GrantsMismatch();
  std::vector<crypto::KeyId> recipients;
  for (crypto::BytesView bytes : grants) {
    const format::ParsedGrant grant = *format::ParseGrant(bytes);
    if (grant.epoch != state.epochs - 1) return EpochStale();
    const bool twice = std::find(recipients.begin(), recipients.end(), grant.recipient) != recipients.end();
    if (grant.condition != condition || twice || person.DeviceOf(grant.recipient) == nullptr) return GrantsMismatch();
    recipients.push_back(grant.recipient);
  }
  return absl::OkStatus();
}

// Keeps the grants with the epoch that they open, and gives the person their lines.
absl::Status Admit(const Execution& execution, format::Keyring keyring, const people::Person& person,
                   std::span<const crypto::BytesView> grants) {
  const cases::Approval& approval = execution.approval;
  cases::KeyringState& state =
      keyring == format::Keyring::kThread ? execution.record.thread : execution.record.team;
  if (absl::Status status = CheckGrants(grants, state, person, approval.condition); !status.ok()) return status;
  auto epoch = execution.ports.rows.Get<cases::Epoch>(
      base::RowKey(approval.case_id, static_cast<std::uint8_t>(keyring), state.epochs - 1));
  if (!epoch.ok()) return epoch.status();
  if (!*epoch) return base::Broken("a keyring's current epoch is not there");
  cases::Epoch& row = (*epoch)->record;
  // A machine has one grant of the current epoch, so that a bad one has one author: what they had gives way to this.
  const absl::StatusOr<format::ParsedEpoch> listed = format::ParseEpoch(row.record);
  if (!listed.ok() || listed->reader_count != row.grants.size()) return base::Broken("a stored epoch is damaged");
  for (std::size_t i = 0; i < row.grants.size(); ++i)
    if (person.DeviceOf(listed->ReaderAt(i).key) != nullptr) row.grants[i].clear();
  std::erase_if(row.added, [&](const crypto::Bytes& bytes) {
    const absl::StatusOr<format::ParsedGrant> grant = format::ParseGrant(bytes);
    return grant.ok() && person.DeviceOf(grant->recipient) != nullptr;
  });
  row.added.insert(row.added.end(), grants.begin(), grants.end());
  const base::RowVersion read = (*epoch)->version;
  execution.changes.Update(std::move(row), read);

  std::erase_if(state.holders, [&](const grants::Holder& holder) { return holder.staff == person.slug; });
  for (const people::Device& device : person.devices) {
    grants::Holder holder;
    holder.staff = person.slug;
    holder.key_id = device.encryption_key_id;
    holder.purpose = approval.condition == ReleaseCondition::kGuest ? grants::Purpose::kGuest : grants::Purpose::kApproved;
    holder.condition = approval.condition;
    holder.released = true;
    holder.until = approval.until;
    holder.approval = approval.id;
    state.holders.push_back(std::move(holder));
  }
  return absl::OkStatus();
}

absl::Status AddReader(const Execution& execution) {
  const cases::Approval& approval = execution.approval;
  const people::Person& person = *execution.ports.organisation.FindPerson(approval.person);
  std::vector<crypto::BytesView> thread, team;
  for (crypto::BytesView bytes : execution.grants) {
    const absl::StatusOr<format::ParsedGrant> grant = format::ParseGrant(bytes);
    if (!grant.ok()) return GrantsMismatch();
    (grant->keyring == format::Keyring::kThread ? thread : team).push_back(bytes);
  }
  if (absl::Status status = Admit(execution, format::Keyring::kThread, person, thread); !status.ok()) return status;
  // A TEAM that nobody wrote to begins with whoever holds THREAD then.
  if (execution.record.team.epochs > 0) {
    if (absl::Status status = Admit(execution, format::Keyring::kTeam, person, team); !status.ok()) return status;
  } else if (!team.empty()) {
    return GrantsMismatch();
  }
  cases::Membership membership;
  membership.staff = person.slug;
  membership.case_id = approval.case_id;
  execution.changes.Put(std::move(membership));
  execution.leaves.ByStaff(format::LeafKind::kReaderAdded, approval.requester,
                           format::details::ReaderAdded(person.slug.text(), approval.condition,
                                                        approval.until.value_or(base::Day())));
  return absl::OkStatus();
}

// Whether the person stands behind the wall at all is not asked: the answer would tell.
absl::Status CanBeLifted(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  const std::vector<base::StaffSlug>& lifted = record.wall.lifted;
  return AllowedIf(ports.organisation.FindPerson(terms.person) != nullptr && !terms.until &&
                   std::find(lifted.begin(), lifted.end(), terms.person) == lifted.end());
}

absl::Status LiftWall(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  execution.record.wall.lifted.push_back(execution.approval.person);
  execution.leaves.ByStaff(format::LeafKind::kWallLifted, execution.approval.requester,
                           format::details::WallLifted(execution.approval.person.text()));
  return absl::OkStatus();
}

bool Knows(const cases::Ports& ports, std::string_view list, std::string_view code) {
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  return taxonomy != nullptr && taxonomy->Knows(list, code);
}

// Read or not.
absl::Status CanEnd(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  const cases::Move* move = cases::FindMove(record.state, cases::State::kClosed);
  if (move == nullptr || move->mover != cases::Mover::kApproval) return cases::TransitionRefused();
  if (absl::Status status = cases::CheckReason(ports, move->reason_list, terms.code); !status.ok()) return status;
  return cases::CheckReady(ports, record, *move, terms.code);
}

absl::Status CanBeClosed(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (absl::Status status = CanEnd(ports, record, terms); !status.ok()) return status;
  return cases::IsUnread(record) ? cases::Unread() : absl::OkStatus();
}

absl::Status CloseCase(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  cases::MakeMove(execution.ports, execution.record, cases::State::kClosed, execution.approval.code,
                  execution.approval.requester, execution.leaves, execution.changes);
  return absl::OkStatus();
}

// Who approved knew what was unread then. What the reporter wrote since has to be read, or asked about anew.
absl::Status CloseUnread(const Execution& execution) {
  if (execution.record.written > execution.approval.written && cases::IsUnread(execution.record)) return cases::Unread();
  return CloseCase(execution);
}

// In every state: who asks says why, and two others look. Whoever writes in the days between is heard first.
absl::Status CanBeDeleted(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  if (!Knows(ports, "deleting.reason", terms.code)) return cases::CodeUnknown();
  return cases::IsUnread(record) ? cases::Unread() : absl::OkStatus();
}

cases::Cause CauseOf(const Execution& execution) {
  return {execution.approval.kind, execution.approval.id, execution.ports.clock.Today()};
}

absl::Status Delete(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  execution.leaves.ByStaff(format::LeafKind::kCaseDoomed, execution.approval.requester,
                           format::details::CaseDoomed(execution.approval.id));
  return cases::DoomCase(execution.ports, execution.record.id, CauseOf(execution), execution.changes);
}

// Where the entry of that id is, if the case has one.
absl::StatusOr<std::optional<cases::Entry>> FindEntry(const cases::Ports& ports, const base::CaseId& id,
                                                      const std::string& code) {
  const absl::StatusOr<base::EntryId> wanted = format::FromText<base::EntryId>(code);
  std::optional<cases::Entry> found;
  if (!wanted.ok()) return found;
  absl::Status status = ports.rows.Scan<cases::Entry>(base::RowKey(id), "", SIZE_MAX, [&](base::Versioned<cases::Entry> row) {
    if (row.record.id != *wanted) return true;
    found = std::move(row.record);
    return false;
  });
  if (!status.ok()) return status;
  return found;
}

// The report itself goes with its case or not at all: without it nobody could say any more what the case was about.
absl::Status CanBeRedacted(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  const absl::StatusOr<std::optional<cases::Entry>> entry = FindEntry(ports, record.id, terms.code);
  if (!entry.ok()) return entry.status();
  if (!*entry) return base::FieldInvalid("code");
  if (!format::MayBeRedacted((*entry)->kind)) return cases::KindRefused();
  const auto doomed = cases::DoomOf(ports.rows, record.id);
  if (!doomed.ok()) return doomed.status();
  const bool gone = format::IsRedacted((*entry)->envelope) ||
                    (*doomed && cases::IsDoomed((*doomed)->record, (*entry)->keyring, (*entry)->sequence));
  if (gone) return base::FieldInvalid("code");
  return cases::IsUnread(record) ? cases::Unread() : absl::OkStatus();
}

absl::Status Redact(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  const absl::StatusOr<std::optional<cases::Entry>> entry =
      FindEntry(execution.ports, execution.record.id, execution.approval.code);
  if (!entry.ok()) return entry.status();
  if (!*entry) return base::FieldInvalid("code");
  const cases::EntryPlace place{(*entry)->keyring, (*entry)->sequence};
  return cases::DoomEntries(execution.ports, execution.record, {&place, 1}, CauseOf(execution), execution.leaves,
                            execution.changes);
}

absl::Status CanBeShortened(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || !terms.until) return ApprovalRefused();
  if (cases::IsUnread(record)) return cases::Unread();
  const absl::StatusOr<std::optional<base::Day>> last = cases::LastDayOf(ports, record);
  if (!last.ok()) return last.status();
  const bool fits = *last && *terms.until < **last && *terms.until >= ports.clock.Today().PlusDays(kShortestDays);
  return fits ? absl::OkStatus() : RetentionRefused();
}

absl::Status Shorten(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  execution.record.shortened = execution.approval.until;
  execution.leaves.ByStaff(format::LeafKind::kRetentionShortened, execution.approval.requester,
                           format::details::RetentionShortened(*execution.approval.until));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<base::Versioned<cases::Allegation>>> FindAllegation(const cases::Ports& ports,
                                                                                 const base::CaseId& id,
                                                                                 const std::string& code) {
  const absl::StatusOr<base::AllegationId> wanted = format::FromText<base::AllegationId>(code);
  if (!wanted.ok()) return std::optional<base::Versioned<cases::Allegation>>();
  return ports.rows.Get<cases::Allegation>(base::RowKey(id, *wanted));
}

absl::Status CanBeFalse(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  const auto allegation = FindAllegation(ports, record.id, terms.code);
  if (!allegation.ok()) return allegation.status();
  if (!*allegation) return base::FieldInvalid("code");
  return cases::IsOpen(record.state) ? absl::OkStatus() : cases::KindRefused();
}

absl::Status MayBeFalse(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  auto allegation = FindAllegation(execution.ports, execution.record.id, execution.approval.code);
  if (!allegation.ok()) return allegation.status();
  if (!*allegation) return base::FieldInvalid("code");
  (*allegation)->record.false_until = execution.ports.clock.Today().PlusDays(kFalseReportDays);
  const base::RowVersion read = (*allegation)->version;
  execution.changes.Update(std::move((*allegation)->record), read);
  return absl::OkStatus();
}

absl::Status CanBeUnheld(const cases::Ports&, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  return cases::HasHold(record, terms.code) ? absl::OkStatus() : base::FieldInvalid("code");
}

absl::Status LiftHold(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  cases::EndHold(execution.ports, execution.record, execution.approval.code, execution.approval.requester,
                 execution.leaves);
  return absl::OkStatus();
}

// CONFIRM_CLOCK concerns no case: confirm_clock.h.
absl::Status NeverOfACase(const cases::Ports&, const cases::Case&, const Terms&) { return ApprovalRefused(); }
absl::Status Nothing(const Execution&) { return ApprovalRefused(); }

constexpr std::array kRules = {
    Rule{format::ApprovalKind::kAddReader, false, CanBeAdded, AddReader},
    Rule{format::ApprovalKind::kLiftWall, false, CanBeLifted, LiftWall},
    Rule{format::ApprovalKind::kCloseCase, false, CanBeClosed, CloseCase, false, true},
    Rule{format::ApprovalKind::kConfirmClock, false, NeverOfACase, Nothing},
    Rule{format::ApprovalKind::kReleaseIdentity, false, CanBeReleased, Release, true, true},
    Rule{format::ApprovalKind::kDelete, true, CanBeDeleted, Delete, false, true},
    Rule{format::ApprovalKind::kRedact, true, CanBeRedacted, Redact, false, true},
    Rule{format::ApprovalKind::kCloseUnread, false, CanEnd, CloseUnread, false, true},
    Rule{format::ApprovalKind::kShorten, true, CanBeShortened, Shorten, false, true},
    Rule{format::ApprovalKind::kFalseReport, false, CanBeFalse, MayBeFalse},
    Rule{format::ApprovalKind::kLiftHold, false, CanBeUnheld, LiftHold},
};

}  // namespace

Terms TermsOf(const cases::Approval& approval) {
  return {approval.kind, approval.person,    approval.condition, approval.until,
          approval.code, approval.threshold, approval.custodians};
}

const Rule& RuleOf(format::ApprovalKind kind) {
  return *std::find_if(kRules.begin(), kRules.end(), [kind](const Rule& rule) { return rule.kind == kind; });
}

std::size_t NeededFor(const Terms& terms) {
  if (!IsRelease(terms)) return format::ApprovalRuleOf(terms.kind).needed;
  return terms.threshold + (AsksReporter(terms) ? 0u : 1u);
}

absl::Status CheckRule(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  const Rule& rule = RuleOf(terms.kind);
  if (rule.outranked && cases::IsHeld(record)) return cases::LegalHold();
  if (rule.after_writing && cases::IsVeiled(record)) return cases::ReporterUnanswered();
  return rule.fits(ports, record, terms);
}

}  // namespace alcove::approvals
