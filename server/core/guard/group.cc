#include "server/core/guard/group.h"

#include <algorithm>

#include "server/core/base/errors.h"
#include "server/core/guard/hand_on.h"

namespace alcove::guard {

absl::StatusOr<Group> GroupOf(const cases::Ports& ports, base::Versioned<cases::Case> first) {
  const std::vector<base::CaseId> linked = first.record.linked;
  Group group;
  group.reserve(cases::kMostLinked);
  group.push_back(std::move(first));
  for (const base::CaseId& id : linked) {
    auto other = ports.rows.Get<cases::Case>(base::RowKey(id));
    if (!other.ok()) return other.status();
    if (!*other) return base::Broken("a linked case is not there");
    group.push_back(**std::move(other));
  }
  return group;
}

absl::Status StandBehindOneWall(const cases::Ports& ports, Group& group, const std::optional<cases::Leaving>& leaving,
                                base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts) {
  access::Wall wall = group.front().record.wall;
  std::vector<base::CaseId> all;
  for (const base::Versioned<cases::Case>& member : group) {
    wall = access::Union(wall, member.record.wall);
    all.push_back(member.record.id);
  }
  std::sort(all.begin(), all.end());
  for (base::Versioned<cases::Case>& member : group) {
    cases::Case& record = member.record;
    record.wall = wall;
    record.linked = all;
    std::erase(record.linked, record.id);
    cases::CaseLeaves leaves(ports, record, changes, drafts);
    if (absl::Status status = HandOn(ports, record, leaving, leaves, changes); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Put(Group group, base::ChangeSet& changes) {
  for (base::Versioned<cases::Case>& member : group) changes.Update(std::move(member.record), member.version);
}

bool HasRoom(const access::Wall& wall) { return wall.subjects.size() + wall.kept_out.size() <= kMostNamed; }

}  // namespace alcove::guard
