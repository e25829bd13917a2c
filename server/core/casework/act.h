// What the methods of this room have in common: a member of the team acts on a case with codes for the server and words
// for the team, and both become durable together or not at all.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::casework {

// Who asks for what.
struct Asking {
  const base::StaffSlug& caller;
  const base::CaseId& id;
  const std::string& request_id;
  const cases::NewEntry* entry;  // null: the change comes without words
  format::EntryKind kind;        // the one kind that the method makes
};

// What a change answers. `entry` is empty where none came.
struct Written {
  std::string etag;  // of what was made or changed
  std::optional<cases::Appended> entry;
};

struct Act {
  cases::TeamReach reach;
  std::optional<cases::TeamEntry> entry;
  cases::RequestSlot slot;

  cases::Case& record() { return reach.found.record; }
  // The answer that was given before; nothing for a request that is new.
  std::optional<Written> Repeated() const;
};

// Reaches the case, reads the entry and opens the request, in this order. `asked` is method and codes; case and entry are
// added here. NOTHING_HERE, ENVELOPE_INVALID, FIELD_INVALID("request_id"), REQUEST_ID_REUSED.
absl::StatusOr<Act> Begin(const cases::Ports& ports, const Asking& asking, format::ByteWriter asked);

// Places the entry, writes its leaf and `leaf`, both hidden from the reporter, and puts case and request. The row that the
// act is about was put by the caller, and so was the etag into the answer.
absl::Status Complete(const cases::Ports& ports, const Asking& asking, Act act, format::LeafKind leaf,
                      crypto::Bytes details, base::Outcome<Written>& outcome);

// A change of one row of the case, from the first check to the last: `change(case, row, changes)` refuses it or makes it, and
// adds what changes with it. NOTHING_HERE when there is no such row, ETAG_STALE when it changed meanwhile.
template <class Row, class Change>
absl::StatusOr<base::Outcome<Written>> ChangeRow(const cases::Ports& ports, const Asking& asking, format::ByteWriter asked,
                                                 const std::string& key, const std::string& etag, format::LeafKind leaf,
                                                 crypto::Bytes details, const Change& change) {
  absl::StatusOr<Act> act = Begin(ports, asking, std::move(asked));
  if (!act.ok()) return act.status();
  base::Outcome<Written> outcome;
  if (std::optional<Written> repeated = act->Repeated()) {
    outcome.answer = *std::move(repeated);
    return outcome;
  }
  auto found = ports.rows.Get<Row>(key);
  if (!found.ok()) return found.status();
  if (!*found) return base::NothingHere();
  Row& row = (*found)->record;
  if (etag != cases::EtagOf(ports, row.id.view(), row.revision)) return base::EtagStale();
  if (absl::Status status = change(act->record(), row, outcome.changes); !status.ok()) return status;
  row.revision += 1;
  outcome.answer.etag = cases::EtagOf(ports, row.id.view(), row.revision);
  outcome.changes.Update(std::move(row), (*found)->version);
  if (absl::Status status = Complete(ports, asking, *std::move(act), leaf, std::move(details), outcome); !status.ok())
    return status;
  return outcome;
}

}  // namespace alcove::casework
