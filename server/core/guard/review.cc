#include "server/core/guard/review.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/show.h"
#include "server/core/cases/states.h"
#include "server/core/casework/due.h"
#include "server/core/clocks/seen.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/assign.h"
#include "server/core/guard/hand_on.h"

namespace alcove::guard {
namespace {

using format::ReleaseCondition;

bool IsOverdue(const std::vector<clocks::Deadline>& deadlines, std::string_view kind, base::Day today) {
  return std::any_of(deadlines.begin(), deadlines.end(), [&](const clocks::Deadline& deadline) {
    return deadline.kind == kind && !deadline.met && deadline.due && today > *deadline.due;
  });
}

std::uint16_t GraceOf(const cases::Ports& ports, const cases::Case& record) {
  const people::Profiles* profiles = ports.organisation.profiles();
  const people::Profile* profile = profiles == nullptr ? nullptr : profiles->Find(record.profile);
  return profile == nullptr ? record.terms.grace_days : clocks::Stricter(record.terms, profile->terms).grace_days;
}

std::vector<base::StaffSlug> LinesUnder(const cases::Ports& ports, const cases::Case& record,
                                        ReleaseCondition condition) {
  std::vector<base::StaffSlug> people;
  for (const grants::Holder& holder : record.thread.holders)
    if (holder.condition == condition &&
        grants::MayReadOn(holder, ports.organisation, record.wall, ports.clock.Today()))
      people.push_back(holder.staff);
  return people;
}

bool FallbackReads(const cases::Case& record) {
  return std::any_of(record.thread.holders.begin(), record.thread.holders.end(), [](const grants::Holder& holder) {
    return holder.condition == ReleaseCondition::kFallback && holder.released && !holder.lost && !holder.key_id.IsZero();
  });
}

void Escalate(const cases::Ports& ports, cases::Case& record, cases::CaseLeaves& leaves, base::ChangeSet& changes,
              Reviewed& reviewed) {
  const std::vector<base::StaffSlug> recipients = LinesUnder(ports, record, ReleaseCondition::kLapsed);
  for (const base::StaffSlug& staff : recipients)
    if (ReleaseTo(record, staff, ReleaseCondition::kLapsed, leaves, changes)) reviewed.lapsed = true;
  if (!recipients.empty()) return;
  const std::vector<base::StaffSlug> fallbacks = LinesUnder(ports, record, ReleaseCondition::kFallback);
  if (FallbackReads(record) || fallbacks.empty()) return;
  reviewed.lapsed = ReleaseTo(record, fallbacks.front(), ReleaseCondition::kFallback, leaves, changes);
}

// The last day on which it is kept is over, and nothing keeps it longer.
absl::StatusOr<bool> IsOver(const cases::Ports& ports, const cases::Case& record) {
  if (cases::IsHeld(record)) return false;
  const absl::StatusOr<std::optional<base::Day>> last = cases::LastDayOf(ports, record);
  if (!last.ok()) return last.status();
  return *last && ports.clock.Today() > **last;
}

absl::Status DestroyUnneeded(const cases::Ports& ports, cases::Case& record, cases::CaseLeaves& leaves,
                             base::ChangeSet& changes) {
  std::vector<base::StaffSlug> people;
  for (cases::KeyringState* state : {&record.thread, &record.team}) {
    for (grants::Holder& holder : state->holders) {
      if (holder.condition != ReleaseCondition::kLapsed || holder.released || holder.lost) continue;
      holder.lost = true;
      if (std::find(people.begin(), people.end(), holder.staff) == people.end()) people.push_back(holder.staff);
    }
  }
  for (const base::StaffSlug& staff : people)
    leaves.ByServer(format::LeafKind::kGrantDestroyed,
                    format::details::GrantDestroyed(staff.text(), ReleaseCondition::kLapsed));
  return people.empty() ? absl::OkStatus() : cases::PurgeGrants(ports, record, changes);
}

// What waits for others is held to wall and directory like any case, and goes when its last day is over: nobody has read it, so
// nobody is asked. `waiting` may be the face of a veiled one, which only loses readers.
absl::Status LookAfterWaiting(const cases::Ports& ports, cases::Case& waiting, base::ChangeSet& changes,
                              std::vector<base::LeafDraft>& drafts) {
  cases::CaseLeaves leaves(ports, waiting, changes, drafts);
  return cases::LoseReaders(ports, waiting, std::nullopt, cases::EndedGuests::kStayWhileFrozen, leaves, changes);
}

absl::StatusOr<base::Outcome<Reviewed>> ReviewWaiting(const cases::Ports& ports, base::Versioned<cases::Case> found) {
  base::Outcome<Reviewed> outcome;
  cases::Case& record = found.record;
  const std::vector<grants::Holder> holders = record.thread.holders;
  if (absl::Status status = LookAfterWaiting(ports, record, outcome.changes, outcome.leaves); !status.ok()) return status;
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  if (cases::IsOver(record, ports.clock.Today()) && !clocks::Holds(*seen, ports.clock.Now())) {
    cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
        .ByServer(format::LeafKind::kCaseDoomed, format::details::CaseDoomed({}));
    absl::Status status = cases::DoomCase(ports, record.id, cases::OverCause(*record.escrow), outcome.changes);
    if (!status.ok()) return status;
    if (*seen) outcome.changes.ExpectUnchanged(clocks::SeenTime::kTable, "", (*seen)->version);
  }
  if (outcome.leaves.empty() && holders == record.thread.holders) return base::Outcome<Reviewed>();
  outcome.changes.Update(std::move(record), found.version);
  return outcome;
}

// The face loses whom it would lose if it waited, and the chain of leaves that the reporter sees goes on with it.
absl::Status LookAfterFace(const cases::Ports& ports, cases::Case& record, base::ChangeSet& changes,
                           std::vector<base::LeafDraft>& drafts) {
  cases::Case& face = record.escrow->face.front();
  if (absl::Status status = LookAfterWaiting(ports, face, changes, drafts); !status.ok()) return status;
  record.leaf_count = face.leaf_count;
  record.leaf_head = face.leaf_head;
  record.leaf_day = std::max(record.leaf_day, face.leaf_day);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<base::Outcome<Reviewed>> Review(const cases::Ports& ports, const base::CaseId& id) {
  auto found = ports.rows.Get<cases::Case>(base::RowKey(id));
  if (!found.ok()) return found.status();
  base::Outcome<Reviewed> outcome;
  if (!*found) return outcome;
  // Nobody reads it any more, so nobody is let in.
  const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed) return outcome;
  if (cases::IsWaiting((*found)->record)) return ReviewWaiting(ports, **std::move(found));
  cases::Case& record = (*found)->record;
  const std::vector<grants::Holder> shown = cases::ShownOf(record).thread.holders;
  if (cases::IsVeiled(record))
    if (absl::Status status = LookAfterFace(ports, record, outcome.changes, outcome.leaves); !status.ok()) return status;
  const std::vector<grants::Holder> thread = record.thread.holders;
  const std::vector<grants::Holder> team = record.team.holders;
  const base::Day today = ports.clock.Today();
  const bool fallback_read = FallbackReads(record);
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  const bool frozen = clocks::Holds(*seen, ports.clock.Now());
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);

  std::optional<cases::Leaving> passed_over;
  if (!frozen && cases::IsOpen(record.state) && !record.claimed && !record.assignee.empty() &&
      IsOverdue(cases::DeadlinesOf(ports, record), "claim", today) && AnotherMayHave(ports, record))
    passed_over = cases::Leaving{record.assignee};
  if (absl::Status status = HandOn(ports, record, passed_over, leaves, outcome.changes); !status.ok()) return status;

  if (frozen) {
    // What cannot be undone waits.
  } else if (!cases::IsOpen(record.state)) {
    const absl::StatusOr<bool> over = IsOver(ports, record);
    if (!over.ok()) return over.status();
    if (*over) {
      leaves.ByServer(format::LeafKind::kCaseDoomed, format::details::CaseDoomed({}));
      absl::Status status = cases::DoomCase(ports, id, {std::nullopt, {}, today}, outcome.changes);
      if (!status.ok()) return status;
    } else {
      if (absl::Status status = DestroyUnneeded(ports, record, leaves, outcome.changes); !status.ok()) return status;
    }
  } else {
    const std::vector<clocks::Deadline> deadlines = cases::DeadlinesOf(ports, record);
    const std::uint16_t grace = GraceOf(ports, record);
    const base::Day lapses = today.PlusDays(-static_cast<int>(grace));
    const absl::StatusOr<bool> late = casework::LookAfterMeasures(ports, record, grace, leaves, outcome.changes);
    if (!late.ok()) return late.status();
    if (*late || IsOverdue(deadlines, "acknowledge", lapses) || IsOverdue(deadlines, "feedback", lapses))
      Escalate(ports, record, leaves, outcome.changes, outcome.answer);
  }
  const bool face_stays = !cases::IsVeiled(record) || shown == cases::ShownOf(record).thread.holders;
  if (outcome.leaves.empty() && thread == record.thread.holders && team == record.team.holders && face_stays)
    return base::Outcome<Reviewed>();
  outcome.answer.fallback = !fallback_read && FallbackReads(record);
  // Nothing is released on a clock that was frozen meanwhile.
  if (*seen) outcome.changes.ExpectUnchanged(clocks::SeenTime::kTable, "", (*seen)->version);
  outcome.changes.Update(std::move(record), (*found)->version);
  return outcome;
}

}  // namespace alcove::guard
