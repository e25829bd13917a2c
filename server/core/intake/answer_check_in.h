// A reporter answers a check-in, and may report retaliation in the same step.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "server/core/base/changes.h"
#include "server/core/clocks/marks.h"
#include "server/core/intake/intake.h"

namespace alcove::intake {

struct CheckInRequest {
  std::string request_id;  // UUIDv4 text
  clocks::CheckIn which;
  cases::NewEntry entry;  // of kind CHECK_IN
  std::optional<SubmitRequest> retaliation;
};
struct CheckInAnswered {
  cases::Appended appended;
  std::optional<Filing> retaliation;
};

// The caller is a mailbox whose keys were proved to the session. Answer and new report are one decision: both become
// durable or neither. The new report passes every check of SubmitReport, has a mailbox and words of its own, and stands
// with the caller's case behind one wall before anybody is assigned to it. A planned reader whom the old wall keeps out
// loses their grant at once and the report is filed all the same: a report never ends in an error because of whom it may
// not reach. Errors are those of cases/check_ins.h and of SubmitReport; REQUEST_ID_REUSED where the report's own id was
// used before.
absl::StatusOr<base::Outcome<CheckInAnswered>> AnswerCheckIn(const Ports& ports, const base::MailboxId& caller,
                                                             const CheckInRequest& request);

}  // namespace alcove::intake
