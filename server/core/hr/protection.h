// What protection officers see and decide: who asked for protection, what HR plans, and what is odd about it.
//
// The two lists meet on an officer's machine and nowhere else (client/lib/protection.h): the server holds letters that it
// cannot open, and does not know who asked. So it answers alike whether anybody is protected or nobody.
//
// Callers are people with the role of a protection officer; the door has checked that. Every list is a leaf of its own kind.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <variant>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"
#include "server/core/hr/actions.h"
#include "server/core/intake/protection.h"
#include "server/core/people/chart.h"

namespace alcove::hr {

struct ProtectionRequestView {
  intake::ProtectionRequest request;
  cases::OpenedLeaf leaf;
};
struct ProtectionRequestPage {
  std::vector<ProtectionRequestView> requests;
  std::string next_token;
};
// Everybody who ever asked, in no order that tells anything; 16 a page unless asked, at most 32.
absl::StatusOr<base::Outcome<ProtectionRequestPage>> ListProtectionRequests(const cases::Ports& ports,
                                                                            const base::StaffSlug& caller,
                                                                            const cases::PageRequest& page);

struct ActionView {
  AdverseAction action;
  // The same for every action about one employee, and nothing else about them. Keyed: not the employee's id.
  std::string employee;
  // Under which the chart knows the employee, as format::TagAlias gives it for the directory's salt.
  std::vector<people::TagHash> tags;
  // What the ledger says of it, in order. Only where ended ones are asked for.
  std::vector<cases::OpenedLeaf> leaves;
};
struct ActionPage {
  std::vector<ActionView> actions;
  std::string next_token;
};
// Those that have come up and wait for a verdict; with `ended` also those that have one or were cancelled. Pages as above.
absl::StatusOr<base::Outcome<ActionPage>> ListAdverseActions(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             bool ended, const cases::PageRequest& page);

// Once. NOTHING_HERE for one that has not come up; ACTION_ENDED for one that was decided or cancelled.
absl::StatusOr<base::Outcome<std::monostate>> DecideAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                  const std::string& request_id,
                                                                  const base::AdverseActionId& id, Verdict verdict);

// Same numbers as alcove.v1.ProtectionAlertKind.
enum class AlertKind : std::uint8_t {
  kRepeated = 1,  // HR submitted about the same employee again while it was pending
  kCancelled,     // HR took it back
  kOverdue,       // it was to be visible before today and nobody has decided: everything that came up with it waits too
};
struct Alert {
  AlertKind kind = AlertKind::kRepeated;
  ActionView about;
};
struct AlertPage {
  std::vector<Alert> alerts;
  std::string next_token;
};
// Of actions that were submitted within kAlertDays. Pages as above, counted in actions.
inline constexpr std::uint32_t kAlertDays = 400;
absl::StatusOr<base::Outcome<AlertPage>> ListAlerts(const cases::Ports& ports, const base::StaffSlug& caller,
                                                    const cases::PageRequest& page);

}  // namespace alcove::hr
