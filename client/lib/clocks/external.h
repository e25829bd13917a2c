// Deadlines of authorities outside, computed by the client because they start at a sealed date. Pure functions over profile
// data; the same table holds them to account on server, client and browser (tests/vectors/deadlines.json).
//
// The day of the last incident is not counted: day 1 is the day after. A clock that rolls moves from a day on which
// nobody works to the next that is worked. Nothing inside the organisation extends any of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "crypto/format/day.h"

namespace alcove::client::clocks {

// Which days nobody works.
struct Calendar {
  std::set<int> weekend;  // 0 is Sunday, 6 is Saturday
  std::set<format::Day> holidays;

  bool Works(format::Day day) const { return !weekend.contains(day.weekday()) && !holidays.contains(day); }
};

// `us_eeoc.charge_180`: either days or years is set.
struct ExternalClock {
  std::string kind;
  int days = 0;
  int years = 0;
  bool rolls = false;
};

// How long the service gives itself; the policy's ceilings stand where a profile says nothing.
struct Terms {
  int acknowledge_days = 7;
  int feedback_months = 3;
  int personal_message_working_days = 3;
  int triage_working_days = 2;
  int claim_hours = 24;
};

struct Profile {
  std::string id;
  Terms terms;
  Calendar calendar;
  std::vector<ExternalClock> external;
};

// The day itself, or the next one that is worked. A calendar in which nothing is ever worked gives the day itself.
format::Day Rolled(format::Day day, const Calendar& calendar);

// The last day on which it is in time.
format::Day DueOn(const ExternalClock& clock, const Calendar& calendar, format::Day last_incident);

}  // namespace alcove::client::clocks
