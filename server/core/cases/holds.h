// Legal holds. While one stands nothing of the case goes and nothing of it goes sooner, whatever was approved and however long
// ago it ended. One person places it, because placing protects; lifting takes an approval of kind LIFT_HOLD (server/core/approvals).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

inline bool IsHeld(const Case& record) { return !record.holds.empty(); }
bool HasHold(const Case& record, const std::string& reason);

struct Held {};
// By anybody who reads the case, or read it until it was doomed (doomed.h): what is to go and is not gone yet stays, and is read
// again. No etag: whoever protects does not have to look first. Placed again for the same reason it changes nothing. A leaf that
// the reporter sees.
//   CODE_UNKNOWN  no code of `hold.reason`
absl::StatusOr<base::Outcome<Held>> PlaceHold(const Ports& ports, const base::StaffSlug& caller, const base::CaseId& id,
                                              const std::string& request_id, const std::string& reason);

// The hold of that reason stands, from today if it did not; `by`: whose act places it. The caller puts the case.
void AddHold(const Ports& ports, Case& record, const std::string& reason, const base::StaffSlug& by, CaseLeaves& leaves);

// It stands no longer. Nothing goes for some days after (clocks/retention.h). The caller puts the case.
void EndHold(const Ports& ports, Case& record, const std::string& reason, const base::StaffSlug& by, CaseLeaves& leaves);

}  // namespace alcove::cases
