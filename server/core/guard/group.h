// Cases that stand behind one wall. Linked cases are never merged: each keeps its reporter, readers and entries, and all
// of them keep out whomever one of them keeps out.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::guard {

// People whom one wall may name, subjects and kept out together.
inline constexpr std::size_t kMostNamed = 256;

// The cases of one group, as read for one decision.
using Group = std::vector<base::Versioned<cases::Case>>;

// `first`, and every case linked with it.
absl::StatusOr<Group> GroupOf(const cases::Ports& ports, base::Versioned<cases::Case> first);

// The wall of one of them grew, or a case joined: every case of the group gets the union of their walls and the names of
// the others, and is handed on where it has to be (hand_on.h). Changes the group and puts its cases' other rows; `Put`
// puts the cases themselves.
absl::Status StandBehindOneWall(const cases::Ports& ports, Group& group, const std::optional<cases::Leaving>& leaving,
                                base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts);

void Put(Group group, base::ChangeSet& changes);

// Fewer people than kMostNamed are named by this wall.
bool HasRoom(const access::Wall& wall);

}  // namespace alcove::guard
