#include "client/lib/clocks/internal.h"

namespace alcove::client::clocks {
namespace {

format::Day AfterWorking(int days, const Calendar& calendar, format::Day from) {
  // Each working day is found by the rule for days that are not worked; a calendar without any counts every day.
  format::Day at = from;
  for (int done = 0; done < days; ++done) at = Rolled(at.PlusDays(1), calendar);
  return at;
}

}  // namespace

std::optional<format::Day> InternalDueOn(std::string_view kind, const Terms& terms, const Calendar& calendar,
                                         const Marks& marks) {
  const format::Day acknowledge = marks.filed.PlusDays(terms.acknowledge_days);
  if (kind == "acknowledge") return acknowledge;
  if (kind == "claim") {
    const int whole = terms.claim_hours / 24;
    return marks.assigned.PlusDays(terms.claim_hours % 24 == 0 ? whole : whole + 1);
  }
  if (kind == "triage") return AfterWorking(terms.triage_working_days, calendar, marks.filed);
  if (kind == "personal_message") return AfterWorking(terms.personal_message_working_days, calendar, marks.filed);
  if (kind == "feedback") {
    const bool in_time = marks.acknowledged && *marks.acknowledged <= acknowledge;
    return (in_time ? *marks.acknowledged : acknowledge).PlusMonths(terms.feedback_months);
  }
  return std::nullopt;
}

std::optional<format::Day> LatestDueOn(std::string_view kind, const Profile& profile, format::Day filed) {
  if (kind == "claim") return std::nullopt;
  return InternalDueOn(kind, profile.terms, profile.calendar, {filed, filed, std::nullopt});
}

}  // namespace alcove::client::clocks
