#include "server/core/guard/assign.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/grants/readers.h"

namespace alcove::guard {
namespace {

using format::ReleaseCondition;

// Who is asked first: investigators who sit at the case's desk, those who moved to another, and whoever stands in from outside.
// Whoever investigates no more has no case given to them, whatever key they hold.
enum class Turn : std::uint8_t { kAtTheDesk, kMoved, kFallback };
constexpr Turn kInTurn[] = {Turn::kAtTheDesk, Turn::kMoved, Turn::kFallback};

// The desk holds an escrow on condition that it was matched; the rest is as for any case.
ReleaseCondition ConditionOf(const cases::Case& record, Turn turn) {
  if (turn == Turn::kFallback) return ReleaseCondition::kFallback;
  return record.escrow ? ReleaseCondition::kMatched : ReleaseCondition::kAssigned;
}

bool HasTurn(const people::Person& person, const cases::Case& record, Turn turn) {
  if (turn == Turn::kFallback) return true;
  return person.Has(format::Role::kInvestigator) && person.SitsAt(record.desk) == (turn == Turn::kAtTheDesk);
}

std::vector<base::StaffSlug> EligibleIn(const cases::Ports& ports, const cases::Case& record, Turn turn) {
  std::vector<base::StaffSlug> people;
  for (const grants::Holder& holder : record.thread.holders) {
    if (holder.condition != ConditionOf(record, turn)) continue;
    if (std::find(people.begin(), people.end(), holder.staff) != people.end()) continue;
    if (!grants::MayReadOn(holder, ports.organisation, record.wall, ports.clock.Today())) continue;
    if (HasTurn(*ports.organisation.FindPerson(holder.staff), record, turn)) people.push_back(holder.staff);
  }
  return people;
}

const base::StaffSlug* LeastLoaded(const cases::Ports& ports, const std::vector<base::StaffSlug>& people) {
  std::vector<const base::StaffSlug*> least;
  std::int64_t lowest = 0;
  for (const base::StaffSlug& slug : people) {
    const std::int64_t load = ports.rows.CountOf(base::Counter::kOpenCases, slug.text());
    if (least.empty() || load < lowest) {
      least.clear();
      lowest = load;
    }
    if (load == lowest) least.push_back(&slug);
  }
  if (least.size() < 2) return least.empty() ? nullptr : least.front();
  std::uint8_t draw = 0;
  ports.random.Fill(&draw, 1);
  return least[draw % least.size()];
}

}  // namespace

bool ReleaseTo(cases::Case& record, const base::StaffSlug& staff, ReleaseCondition condition,
               cases::CaseLeaves& leaves, base::ChangeSet& changes) {
  const std::size_t moved = grants::Release(record.thread.holders, staff, condition);
  grants::Release(record.team.holders, staff, condition);
  if (moved == 0) return false;
  cases::Membership membership;
  membership.staff = staff;
  membership.case_id = record.id;
  changes.Put(std::move(membership));
  leaves.ByServer(format::LeafKind::kGrantReleased, format::details::Released(staff.text(), condition));
  return true;
}

bool AnotherMayHave(const cases::Ports& ports, const cases::Case& record) {
  return std::any_of(std::begin(kInTurn), std::end(kInTurn), [&](Turn turn) {
    const std::vector<base::StaffSlug> people = EligibleIn(ports, record, turn);
    return std::any_of(people.begin(), people.end(), [&](const base::StaffSlug& one) { return one != record.assignee; });
  });
}

bool Assign(const cases::Ports& ports, cases::Case& record, cases::CaseLeaves& leaves, base::ChangeSet& changes) {
  record.assignee = {};
  for (const Turn turn : kInTurn) {
    const std::vector<base::StaffSlug> people = EligibleIn(ports, record, turn);
    const base::StaffSlug* chosen = LeastLoaded(ports, people);
    if (chosen == nullptr) continue;
    record.assignee = *chosen;
    record.marks.assigned = ports.clock.Today();
    changes.Count(base::Counter::kOpenCases, chosen->text(), 1);
    ReleaseTo(record, *chosen, ConditionOf(record, turn), leaves, changes);
    return true;
  }
  return false;
}

}  // namespace alcove::guard
