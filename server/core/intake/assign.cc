#include "server/core/intake/assign.h"

#include <algorithm>
#include <vector>

namespace alcove::intake {
namespace {

std::vector<base::StaffSlug> HoldersUnder(const cases::Ports& ports, const cases::Case& record,
                                          format::ReleaseCondition condition) {
  std::vector<base::StaffSlug> people;
  for (const grants::Holder& holder : record.thread.holders) {
    if (holder.condition != condition) continue;
    if (access::InConflict(ports.organisation, holder.staff, record.wall)) continue;
    if (std::find(people.begin(), people.end(), holder.staff) == people.end()) people.push_back(holder.staff);
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

std::optional<format::ReleaseCondition> Assign(const cases::Ports& ports, cases::Case& record, base::ChangeSet& changes) {
  for (format::ReleaseCondition condition :
       {format::ReleaseCondition::kAssigned, format::ReleaseCondition::kFallback}) {
    const std::vector<base::StaffSlug> people = HoldersUnder(ports, record, condition);
    const base::StaffSlug* chosen = LeastLoaded(ports, people);
    if (chosen == nullptr) continue;
    record.assignee = *chosen;
    record.marks.assigned = ports.clock.Today();
    grants::Release(record.thread.holders, *chosen, condition);
    grants::Release(record.team.holders, *chosen, condition);
    cases::Membership membership;
    membership.staff = *chosen;
    membership.case_id = record.id;
    changes.Put(std::move(membership));
    changes.Count(base::Counter::kOpenCases, chosen->text(), 1);
    return condition;
  }
  record.assignee = {};
  return std::nullopt;
}

}  // namespace alcove::intake
