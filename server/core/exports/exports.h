// Whether a case may be taken out of the service, and the leaf that says so.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "crypto/format/kinds.h"
#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"

namespace alcove::exports {

struct Exported {
  std::uint32_t leaf = 0;  // number of `case.exported` in the case's chain
};

// By whoever reads the case. The leaf is in the chain that the reporter sees. `request_id`: UUIDv4 text; a repetition gets the same
// answer and writes no second leaf. No etag: it changes nothing that the caller would have to have seen.
//   NOTHING_HERE     not the caller's case, or none at all
//   EXPORT_ON_HOLD   for the accused, while the case is on hold or a legal hold stands on it
//   APPROVALS_STAND  an approval of the case is undecided
//   FIELD_INVALID, REQUEST_ID_REUSED
absl::StatusOr<base::Outcome<Exported>> ExportCase(const cases::Ports& ports, const base::StaffSlug& caller,
                                                   const base::CaseId& id, const std::string& request_id,
                                                   format::ExportPurpose purpose);

}  // namespace alcove::exports
