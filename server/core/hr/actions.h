// Adverse actions: what HR plans against somebody, submitted before it is done (promise P10).
//
//   SubmitAdverseAction -> (the officer reviews: protection.h) -> GetAdverseAction: CLEARED or NOT_CLEARED
//
// What HR hears follows from its own calls, from days that the server draws at submission, and from what the officers decided;
// no function here, and none of protection.h that these call, reads a request for protection, a case or a mailbox. So everything
// HR hears is the same, byte for byte, whoever is protected.
//
//   day of submission ... comes_up (1 or 2 days later): the officers see it ... visible (2 to 5 days after that)
//
// HR reads PENDING until `visible` has come *and* everything that was to be visible by then is decided. One slow decision
// delays all of its neighbours, so that how long it took says nothing about one of them.
//
// An employee has one pending action at a time, whatever account submits it: another one is counted for the officers and
// answered with the name of the first. So nobody is asked about twice at once to see whether the answers differ.
//
// Callers are service accounts with the scope `actions`; the door has checked that. An action is its account's alone: to
// everybody else it is NOTHING_HERE.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/tag.h"
#include "crypto/oprf.h"
#include "server/core/base/changes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/cases/ports.h"

namespace alcove::hr {

// Same numbers as alcove.v1.AdverseActionVerdict.
enum class Verdict : std::uint8_t { kCleared = 1, kNotCleared = 2 };

// Same numbers as alcove.v1.AdverseActionState.
enum class ActionState : std::uint8_t { kPending = 1, kCleared, kNotCleared, kCancelled };

struct AdverseAction : base::Record {
  static constexpr base::Table kTable = base::Table::kAdverseAction;
  std::string key() const { return base::RowKey(id); }

  base::AdverseActionId id;  // drawn by who submits
  base::StaffSlug by;        // the service account; nobody else may ask about it
  base::EmployeeId employee;
  crypto::Bytes letter;  // "ALO1": what is planned, for the officers alone
  base::Day day;         // it was submitted on
  base::Day comes_up;    // from here on the officers see it
  base::Day visible;     // from here on HR may hear
  std::uint32_t repeats = 0;    // submissions about the same employee while it was pending
  std::uint8_t verdict = 0;     // a Verdict; 0: none yet
  base::StaffSlug decided_by;   // empty while there is none
  bool cancelled = false;       // by HR; a verdict may stand all the same
  // Of what happened to it, in order, but for who asked about it: for the timeline that officers can hand out.
  std::vector<crypto::Digest> leaves;
};
// Of one action. What comes after so many repeats stands in the ledger alone.
inline constexpr std::size_t kMostActionLeaves = 16;
// Adds one, while there is room.
void Remember(AdverseAction& action, const crypto::Digest& leaf);

// Which action an employee's newest is.
struct NewestAction : base::Record {
  static constexpr base::Table kTable = base::Table::kNewestAction;
  std::string key() const { return base::RowKey(employee); }

  base::EmployeeId employee;
  base::AdverseActionId action;
};

// An action that waits for a verdict, by the day on which it is to be visible.
struct UndecidedAction : base::Record {
  static constexpr base::Table kTable = base::Table::kUndecidedAction;
  std::string key() const { return base::RowKey(visible.number(), action); }

  base::Day visible;
  base::AdverseActionId action;
};

struct NewAction {
  std::string request_id;
  format::Identifier employee;
  crypto::BytesView letter;
};

// Answers the name of the employee's pending action: this one, or the one that was pending already. EMPLOYEE_UNKNOWN for whom the chart
// does not know; who has left is known. Errors of intake::CheckLetter; FIELD_INVALID("letter") for an id that is taken.
// 75 µs for the employee's tag.
absl::StatusOr<base::Outcome<base::AdverseActionId>> SubmitAdverseAction(const cases::Ports& ports,
                                                                         const crypto::OprfKey& tag_key,
                                                                         const base::StaffSlug& caller,
                                                                         const NewAction& action);

// What HR may hear of it now.
absl::StatusOr<ActionState> StateOf(const cases::Ports& ports, const AdverseAction& action);
absl::StatusOr<base::Outcome<ActionState>> GetAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                            const base::AdverseActionId& id);

// While it is pending, whether or not the officers have decided. The officers see it. ACTION_ENDED afterwards.
absl::StatusOr<base::Outcome<std::monostate>> CancelAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                  const std::string& request_id,
                                                                  const base::AdverseActionId& id);

}  // namespace alcove::hr
