#include "server/core/guard/match.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/escrow.h"
#include "server/core/guard/group.h"
#include "server/core/guard/hand_on.h"

namespace alcove::guard {
namespace {

using cases::Case;

struct Candidate {
  base::Versioned<Case> row;
  bool waits = false;  // when it was read
  bool goes = false;   // with the team, or going there now

  const cases::Escrow& escrow() const { return *row.record.escrow; }
  bool Names(const base::EmployeeId& employee) const {
    return std::binary_search(escrow().about.begin(), escrow().about.end(), employee);
  }
};

// Everybody who may count, by case: all that the filed one is joined to by people whom both name, however many lie between.
using Pool = std::map<base::CaseId, Candidate>;

// Reads the pool. The rolls of whom `filed` names change; the others stay as they were read.
class Gathering {
 public:
  Gathering(const cases::Ports& ports, base::ChangeSet& changes) : ports_(ports), changes_(changes) {}

  absl::StatusOr<Pool> Gather(const Case& filed) {
    pool_.emplace(filed.id, Candidate{{filed, {}}, true, true});
    std::vector<base::EmployeeId> open = filed.escrow->about;
    std::set<base::EmployeeId> seen;
    while (!open.empty()) {
      const base::EmployeeId employee = open.back();
      open.pop_back();
      if (!seen.insert(employee).second) continue;
      const bool named = pool_.at(filed.id).Names(employee);
      if (absl::Status status = ReadRoll(employee, named ? &filed.id : nullptr, open); !status.ok()) return status;
    }
    return std::move(pool_);
  }

 private:
  absl::Status ReadRoll(const base::EmployeeId& employee, const base::CaseId* joins, std::vector<base::EmployeeId>& open) {
    auto read = ports_.rows.Get<cases::EscrowRoll>(base::RowKey(employee));
    if (!read.ok()) return read.status();
    cases::EscrowRoll roll;
    if (*read) roll = (*read)->record;
    roll.employee = employee;
    for (const base::CaseId& id : roll.cases)
      if (absl::Status status = ReadCase(id, open); !status.ok()) return status;
    if (joins == nullptr) {
      if (*read) changes_.ExpectUnchanged(cases::EscrowRoll::kTable, base::RowKey(employee), (*read)->version);
      return absl::OkStatus();
    }
    roll.cases.insert(std::lower_bound(roll.cases.begin(), roll.cases.end(), *joins), *joins);
    if (*read) changes_.Update(std::move(roll), (*read)->version);
    else changes_.Insert(std::move(roll));
    return absl::OkStatus();
  }

  // What is gone, and what counts for nobody, is passed over.
  absl::Status ReadCase(const base::CaseId& id, std::vector<base::EmployeeId>& open) {
    if (pool_.contains(id)) return absl::OkStatus();
    auto row = ports_.rows.Get<Case>(base::RowKey(id));
    if (!row.ok()) return row.status();
    if (!*row || !(*row)->record.escrow) return absl::OkStatus();
    const Case& record = (*row)->record;
    const bool waits = cases::IsWaiting(record);
    if (record.withdrawn || (waits && cases::IsOver(record, ports_.clock.Today()))) return absl::OkStatus();
    const absl::StatusOr<bool> doomed = cases::IsDoomed(ports_.rows, id);
    if (!doomed.ok()) return doomed.status();
    if (*doomed) return absl::OkStatus();
    open.insert(open.end(), record.escrow->about.begin(), record.escrow->about.end());
    pool_.emplace(id, Candidate{**std::move(row), waits, true});
    return absl::OkStatus();
  }

  const cases::Ports& ports_;
  base::ChangeSet& changes_;
  Pool pool_;
};

// For one of the people whom it names, as many others go as it asked for.
bool HasEnough(const Pool& pool, const Candidate& one) {
  return std::any_of(one.escrow().about.begin(), one.escrow().about.end(), [&](const base::EmployeeId& employee) {
    std::set<format::TokenNullifier> voices;
    for (const auto& [id, other] : pool)
      if (other.goes && other.Names(employee) && other.escrow().voice != one.escrow().voice) voices.insert(other.escrow().voice);
    return voices.size() >= one.escrow().others;
  });
}

// Whoever waits and has too few stays, until everybody who is left has enough: the largest set of which that is true.
void Choose(Pool& pool) {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& [id, one] : pool) {
      if (!one.waits || !one.goes || HasEnough(pool, one)) continue;
      one.goes = false;
      changed = true;
    }
  }
}

// Of those that the team has already, the ones that name somebody whom one that goes now names, with whatever they are linked to; as
// many as may be linked. Those that do not fit are read all the same, so they must be as they were read.
absl::StatusOr<Group> GroupOfReleased(const cases::Ports& ports, const Pool& pool, base::ChangeSet& changes) {
  std::set<base::EmployeeId> named;
  for (const auto& [id, one] : pool)
    if (one.waits && one.goes) named.insert(one.escrow().about.begin(), one.escrow().about.end());
  Group group;
  for (const auto& [id, one] : pool) {
    const bool joins = !one.waits && std::any_of(named.begin(), named.end(), [&](const auto& who) { return one.Names(who); });
    const bool there = std::any_of(group.begin(), group.end(), [&](const base::Versioned<Case>& member) { return member.record.id == id; });
    if (!joins || there) continue;
    absl::StatusOr<Group> linked = GroupOf(ports, one.row);
    if (!linked.ok()) return linked.status();
    if (group.size() + linked->size() >= cases::kMostLinked) {
      changes.ExpectUnchanged(Case::kTable, base::RowKey(id), one.row.version);
      continue;
    }
    for (base::Versioned<Case>& member : *linked) group.push_back(std::move(member));
  }
  return group;
}

}  // namespace

absl::StatusOr<bool> Match(const cases::Ports& ports, Case& filed, base::ChangeSet& changes,
                           std::vector<base::LeafDraft>& drafts) {
  absl::StatusOr<Pool> gathered = Gathering(ports, changes).Gather(filed);
  if (!gathered.ok()) return gathered.status();
  Pool& pool = *gathered;
  Choose(pool);
  // Whoever goes now goes because of the new one: what could go without it went before.
  if (!pool.at(filed.id).goes) return false;

  absl::StatusOr<Group> group = GroupOfReleased(ports, pool, changes);
  if (!group.ok()) return group.status();
  Group alone;
  for (auto& [id, one] : pool) {
    if (!one.waits || !one.goes) continue;
    cases::CaseLeaves leaves(ports, one.row.record, changes, drafts);
    cases::Release(ports, one.row.record, leaves);
    (group->size() < cases::kMostLinked ? *group : alone).push_back(std::move(one.row));
  }
  if (group->size() > 1) {
    for (base::Versioned<Case>& member : *group) {
      cases::CaseLeaves(ports, member.record, changes, drafts).HiddenByServer(format::LeafKind::kCasesLinked);
      member.record.revision += 1;
    }
  }
  if (absl::Status status = StandBehindOneWall(ports, *group, std::nullopt, changes, drafts); !status.ok()) return status;
  for (base::Versioned<Case>& one : alone) {
    one.record.wall = access::Union(one.record.wall, group->front().record.wall);
    cases::CaseLeaves leaves(ports, one.record, changes, drafts);
    if (absl::Status status = HandOn(ports, one.record, std::nullopt, leaves, changes); !status.ok()) return status;
  }
  for (Group* members : {&*group, &alone}) {
    const auto own = std::find_if(members->begin(), members->end(),
                                  [&](const base::Versioned<Case>& one) { return one.record.id == filed.id; });
    if (own == members->end()) continue;
    filed = std::move(own->record);
    members->erase(own);
  }
  Put(*std::move(group), changes);
  Put(std::move(alone), changes);
  return true;
}

}  // namespace alcove::guard
