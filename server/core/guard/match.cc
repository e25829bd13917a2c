#include "server/core/guard/match.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

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
  bool waits = false;    // at the moment; false: the team has it
  bool was_waiting = false;
};

// Everybody who may count, by case. A pointer into it stays good.
using Pool = std::map<base::CaseId, Candidate>;

class Matching {
 public:
  Matching(const cases::Ports& ports, base::ChangeSet& changes) : ports_(ports), changes_(changes) {}

  // The new report, on the rolls of those whom it names.
  absl::Status Add(Case filed) {
    const base::CaseId id = filed.id;
    const std::vector<base::EmployeeId> about = filed.escrow->about;
    pool_.emplace(id, Candidate{{std::move(filed), {}}, true, true});
    for (const base::EmployeeId& employee : about) {
      auto roll = ports_.rows.Get<cases::EscrowRoll>(base::RowKey(employee));
      if (!roll.ok()) return roll.status();
      cases::EscrowRoll row;
      if (*roll) row = (*roll)->record;
      row.employee = employee;
      row.cases.insert(std::lower_bound(row.cases.begin(), row.cases.end(), id), id);
      if (absl::Status status = Load(row); !status.ok()) return status;
      if (*roll) changes_.Update(std::move(row), (*roll)->version);
      else changes_.Insert(std::move(row));
    }
    return absl::OkStatus();
  }

  // Until nobody more has enough others: who goes because of one person counts among those who name another.
  absl::Status Run(std::vector<base::EmployeeId> open) {
    while (!open.empty()) {
      const base::EmployeeId employee = open.back();
      open.pop_back();
      if (!rolls_.contains(employee))
        if (absl::Status status = LoadUnchanged(employee); !status.ok()) return status;
      for (Candidate* one : Sent(rolls_.at(employee))) {
        one->waits = false;
        open.insert(open.end(), one->row.record.escrow->about.begin(), one->row.record.escrow->about.end());
      }
    }
    return absl::OkStatus();
  }

  Pool& pool() { return pool_; }

 private:
  // Rows of cases that are gone, or count for nobody, are passed over.
  absl::Status Load(const cases::EscrowRoll& roll) {
    std::vector<base::CaseId>& ids = rolls_[roll.employee];
    for (const base::CaseId& id : roll.cases) {
      if (!pool_.contains(id)) {
        auto row = ports_.rows.Get<Case>(base::RowKey(id));
        if (!row.ok()) return row.status();
        if (!*row || !(*row)->record.escrow) continue;
        const Case& record = (*row)->record;
        const bool waits = cases::IsWaiting(record);
        const absl::StatusOr<bool> doomed = cases::IsDoomed(ports_.rows, id);
        if (!doomed.ok()) return doomed.status();
        if (*doomed || record.withdrawn || (waits && cases::IsOver(record, ports_.clock.Today()))) continue;
        pool_.emplace(id, Candidate{**std::move(row), waits, waits});
      }
      ids.push_back(id);
    }
    return absl::OkStatus();
  }

  absl::Status LoadUnchanged(const base::EmployeeId& employee) {
    auto roll = ports_.rows.Get<cases::EscrowRoll>(base::RowKey(employee));
    if (!roll.ok()) return roll.status();
    rolls_[employee];
    if (!*roll) return absl::OkStatus();
    changes_.ExpectUnchanged(cases::EscrowRoll::kTable, base::RowKey(employee), (*roll)->version);
    return Load((*roll)->record);
  }

  // Of those who name one person, the waiting ones that go: take away whoever has too few, until nobody has.
  std::vector<Candidate*> Sent(const std::vector<base::CaseId>& ids) {
    std::vector<Candidate*> set;
    for (const base::CaseId& id : ids) set.push_back(&pool_.at(id));
    for (;;) {
      std::set<format::TokenNullifier> voices;
      for (const Candidate* one : set) voices.insert(one->row.record.escrow->voice);
      const std::size_t gone = std::erase_if(
          set, [&](const Candidate* one) { return one->waits && voices.size() <= one->row.record.escrow->others; });
      if (gone == 0) break;
    }
    std::erase_if(set, [](const Candidate* one) { return !one->waits; });
    return set;
  }

  const cases::Ports& ports_;
  base::ChangeSet& changes_;
  Pool pool_;
  std::map<base::EmployeeId, std::vector<base::CaseId>> rolls_;
};

// The group of those that the team has already: all of them, or as many as may be linked. Those that do not fit are read all the
// same, so they must be as they were read.
absl::StatusOr<Group> GroupOfReleased(const cases::Ports& ports, Pool& pool, base::ChangeSet& changes) {
  Group group;
  const auto holds = [&group](const base::CaseId& id) {
    return std::any_of(group.begin(), group.end(), [&](const base::Versioned<Case>& one) { return one.record.id == id; });
  };
  for (auto& [id, one] : pool) {
    if (one.waits || one.was_waiting || holds(id)) continue;
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
  Matching matching(ports, changes);
  if (absl::Status status = matching.Add(filed); !status.ok()) return status;
  if (absl::Status status = matching.Run(filed.escrow->about); !status.ok()) return status;
  Pool& pool = matching.pool();
  // Whoever goes now goes because of the new one: what could go without it went before.
  if (pool.at(filed.id).waits) return false;

  absl::StatusOr<Group> group = GroupOfReleased(ports, pool, changes);
  if (!group.ok()) return group.status();
  Group alone;
  for (auto& [id, one] : pool) {
    if (one.waits || !one.was_waiting) continue;
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
