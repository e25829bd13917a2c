#include "server/core/clocks/deadlines.h"

#include <algorithm>

namespace alcove::clocks {
namespace {

bool IsWorkingDay(base::Day day, const people::Calendar& calendar) {
  // The calendar's bit 0 is Monday, the day's 0 is Sunday.
  const int weekday = (day.weekday() + 6) % 7;
  if ((calendar.weekend >> weekday) & 1) return false;
  return !std::binary_search(calendar.holidays.begin(), calendar.holidays.end(), day);
}

}  // namespace

base::Day AddWorkingDays(base::Day day, std::uint32_t days, const people::Calendar& calendar) {
  while (days > 0) {
    day = day.PlusDays(1);
    if (IsWorkingDay(day, calendar)) --days;
  }
  return day;
}

people::Terms Stricter(const people::Terms& a, const people::Terms& b) {
  people::Terms terms;
  terms.acknowledge_days = std::min(a.acknowledge_days, b.acknowledge_days);
  terms.feedback_months = std::min(a.feedback_months, b.feedback_months);
  terms.personal_message_working_days = std::min(a.personal_message_working_days, b.personal_message_working_days);
  terms.triage_working_days = std::min(a.triage_working_days, b.triage_working_days);
  terms.claim_hours = std::min(a.claim_hours, b.claim_hours);
  terms.grace_days = std::min(a.grace_days, b.grace_days);
  return terms;
}

std::vector<Deadline> InternalDeadlines(const Marks& marks, const people::Terms& terms,
                                        const people::Calendar& calendar) {
  const base::Day begun = marks.released.value_or(marks.filed);
  const base::Day acknowledge = begun.PlusDays(terms.acknowledge_days);
  // Days are the finest that is known, so hours round up to whole days after the day of assignment.
  const base::Day claim = marks.assigned.PlusDays((terms.claim_hours + 23) / 24);
  // A late acknowledgement does not move the feedback: the term runs from the day it should have been sent.
  const base::Day told = std::min(marks.acknowledged.value_or(acknowledge), acknowledge);
  std::vector<Deadline> deadlines;
  deadlines.reserve(8);
  deadlines.push_back({"acknowledge", acknowledge, marks.acknowledged.has_value(), false});
  deadlines.push_back({"claim", claim, marks.claimed.has_value(), false});
  deadlines.push_back({"triage", AddWorkingDays(begun, terms.triage_working_days, calendar),
                       marks.triaged.has_value(), false});
  deadlines.push_back({"personal_message", AddWorkingDays(begun, terms.personal_message_working_days, calendar),
                       marks.first_message.has_value(), false});
  deadlines.push_back({"feedback", told.PlusMonths(terms.feedback_months), marks.feedback.has_value(), false});
  return deadlines;
}

std::vector<Deadline> DeadlinesOf(const Marks& marks, const people::Terms& at_filing,
                                  const people::Calendar& calendar_at_filing, const people::Profile* current) {
  std::vector<Deadline> deadlines = InternalDeadlines(marks, at_filing, calendar_at_filing);
  if (current == nullptr) return deadlines;
  const std::vector<Deadline> today = InternalDeadlines(marks, current->terms, current->calendar);
  for (std::size_t i = 0; i < deadlines.size(); ++i) deadlines[i].due = std::min(deadlines[i].due, today[i].due);
  for (const people::ExternalClock& clock : current->external)
    deadlines.push_back({clock.kind, std::nullopt, false, true});
  return deadlines;
}

}  // namespace alcove::clocks
