// What the methods of this room have in common: a member of the team acts on a case with codes for the server and words
// for the team, and both become durable together or not at all.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "crypto/format/wire.h"
#include "server/core/base/changes.h"
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

}  // namespace alcove::casework
