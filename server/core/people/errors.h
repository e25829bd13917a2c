// What this room refuses.
#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "server/core/base/errors.h"

namespace alcove::people {

// A policy document that cannot take effect. `what` names document and place in fixed words: "routing: rules: desk".
inline absl::Status DocumentIncomplete(std::string_view what) {
  return base::Refuse(base::Reason::kPolicyIncomplete, "gap", what);
}

// Not signed by enough root holders, for another organisation, or malformed.
inline absl::Status NoteInvalid() { return base::Refuse(base::Reason::kNoteInvalid); }

// Not the version after the one in force.
inline absl::Status VersionNotNext() { return base::Refuse(base::Reason::kVersionNotNext); }

}  // namespace alcove::people
