#include "client/lib/clocks/external.h"

namespace alcove::client::clocks {

format::Day Rolled(format::Day day, const Calendar& calendar) {
  format::Day at = day;
  // No run of days off is longer than a year.
  for (int step = 0; step < 366; ++step, at = at.PlusDays(1)) {
    if (calendar.Works(at)) return at;
  }
  return day;
}

format::Day DueOn(const ExternalClock& clock, const Calendar& calendar, format::Day last_incident) {
  const format::Day due = clock.years > 0 ? last_incident.PlusMonths(12 * clock.years) : last_incident.PlusDays(clock.days);
  return clock.rolls ? Rolled(due, calendar) : due;
}

}  // namespace alcove::client::clocks
