// Deadlines of the service itself, computed again by the client from the signed profile, so that a service which gives itself
// more time than the policy does is noticed. Written apart from the server's; one table holds both to account
// (tests/vectors/deadlines.json).
//
// Every deadline is the last day that is in time. Hours count as whole days from the end of the day; months end on the same
// day of the month, or its last; working days do not count the first day.
#pragma once

#include <optional>
#include <string_view>

#include "client/lib/clocks/external.h"
#include "crypto/format/day.h"

namespace alcove::client::clocks {

struct Marks {
  format::Day filed;
  format::Day assigned;  // of whoever has it now
  std::optional<format::Day> acknowledged;
};

// Nothing for a kind that is none of acknowledge, claim, triage, personal_message, feedback.
std::optional<format::Day> InternalDueOn(std::string_view kind, const Terms& terms, const Calendar& calendar,
                                         const Marks& marks);

// The latest day that the profile allows, whatever happens inside: nothing for `claim`, which starts anew with everybody who
// gets the case.
std::optional<format::Day> LatestDueOn(std::string_view kind, const Profile& profile, format::Day filed);

}  // namespace alcove::client::clocks
