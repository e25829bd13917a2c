#include "server/core/people/profiles.h"

#include <algorithm>
#include <array>
#include <functional>

#include "crypto/format/day.h"
#include "server/core/people/document_fields.h"
#include "server/core/people/errors.h"

namespace alcove::people {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

absl::StatusOr<Calendar> CalendarOf(DocumentFields& fields) {
  Calendar calendar;
  for (const std::string& name : fields.Texts("weekend", false)) {
    const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), name);
    if (found == kWeekdays.end()) return DocumentIncomplete("profiles: weekend: a day that is none");
    calendar.weekend = static_cast<std::uint8_t>(calendar.weekend | (1u << (found - kWeekdays.begin())));
  }
  // With a week of seven days off no working day would ever come.
  if (calendar.weekend == 0x7f) return DocumentIncomplete("profiles: weekend: no working day is left");
  for (const std::string& text : fields.Texts("holidays", false)) {
    absl::StatusOr<format::Day> day = format::Day::FromText(text);
    if (!day.ok()) return DocumentIncomplete("profiles: holidays: a day that is none");
    calendar.holidays.push_back(*day);
  }
  std::sort(calendar.holidays.begin(), calendar.holidays.end());
  // A few dozen a year; unbounded lists could push a deadline out of sight.
  if (calendar.holidays.size() > 400) return DocumentIncomplete("profiles: holidays: too many");
  return calendar;
}

absl::StatusOr<Profile> ProfileOf(const nlohmann::json& object) {
  DocumentFields fields("profiles: profile", object);
  Profile profile;
  profile.id = fields.Text("id", true);
  if (profile.id.size() > 64) fields.Refuse("an id that is too long");
  // The ceilings are the promises of design section 9: a profile may be stricter, never laxer.
  profile.terms.acknowledge_days = static_cast<std::uint16_t>(fields.Number("acknowledge_days", 1, 7, 7));
  profile.terms.feedback_months = static_cast<std::uint16_t>(fields.Number("feedback_months", 1, 3, 3));
  profile.terms.personal_message_working_days =
      static_cast<std::uint16_t>(fields.Number("personal_message_working_days", 1, 3, 3));
  profile.terms.triage_working_days = static_cast<std::uint16_t>(fields.Number("triage_working_days", 1, 2, 2));
  profile.terms.claim_hours = static_cast<std::uint16_t>(fields.Number("claim_hours", 1, 24, 24));
  profile.terms.grace_days = static_cast<std::uint16_t>(fields.Number("grace_days", 0, 14, 3));
  absl::StatusOr<Calendar> calendar = CalendarOf(fields);
  if (!calendar.ok()) return calendar.status();
  profile.calendar = *std::move(calendar);
  if (const std::vector<std::uint32_t> days = fields.Numbers("check_in_days", 1, 3660, 16); !days.empty()) {
    if (std::adjacent_find(days.begin(), days.end(), std::greater_equal<>()) != days.end())
      return DocumentIncomplete("profiles: check_in_days: days that do not ascend");
    if (!std::includes(days.begin(), days.end(), kCheckInDays.begin(), kCheckInDays.end()))
      return DocumentIncomplete("profiles: check_in_days: 30, 90, 180 and 365 stay");
    profile.check_in_days.assign(days.begin(), days.end());
  }
  for (const nlohmann::json& item : fields.Objects("external", false)) {
    DocumentFields clock("profiles: external", item);
    ExternalClock external;
    external.kind = clock.Text("kind", true);
    external.days = static_cast<std::uint16_t>(clock.Number("days", 1, 3660, 0));
    external.years = static_cast<std::uint16_t>(clock.Number("years", 1, 10, 0));
    external.rolls = clock.Flag("rolls", false);
    clock.SkipOthers();
    if ((external.days == 0) == (external.years == 0)) clock.Refuse("days or years, one of them");
    if (absl::Status status = clock.status(); !status.ok()) return status;
    profile.external.push_back(std::move(external));
  }
  for (const nlohmann::json& item : fields.Objects("retention", false)) {
    DocumentFields line("profiles: retention", item);
    RetentionLine kept;
    kept.closed = line.Text("closed", false);
    kept.finding = line.Text("finding", false);
    kept.site = line.Text("site", false);
    kept.months = static_cast<std::uint16_t>(line.Number("months", kFewestMonthsKept, kMostMonthsKept, 0));
    if (kept.months == 0) line.Refuse("months are missing");
    if (std::max({kept.closed.size(), kept.finding.size(), kept.site.size()}) > 64) line.Refuse("a code that is too long");
    if (absl::Status status = line.status(); !status.ok()) return status;
    profile.retention.push_back(std::move(kept));
  }
  if (profile.retention.size() > kMostRetentionLines) return DocumentIncomplete("profiles: retention: too many lines");
  fields.Skip("label");
  fields.Skip("note");
  if (absl::Status status = fields.status(); !status.ok()) return status;
  return profile;
}

}  // namespace

absl::StatusOr<Profiles> Profiles::Parse(std::string_view json) {
  absl::StatusOr<nlohmann::json> document = ParseDocument("profiles", json);
  if (!document.ok()) return document.status();
  DocumentFields fields("profiles", *document);
  Profiles profiles;
  for (const nlohmann::json& object : fields.Objects("profiles", true)) {
    absl::StatusOr<Profile> profile = ProfileOf(object);
    if (!profile.ok()) return profile.status();
    if (profiles.Find(profile->id) != nullptr && !profiles.profiles_.empty())
      return DocumentIncomplete("profiles: an id that stands twice");
    profiles.profiles_.push_back(*std::move(profile));
  }
  if (absl::Status status = fields.status(); !status.ok()) return status;
  if (profiles.profiles_.empty()) return DocumentIncomplete("profiles: there is none");
  return profiles;
}

const Profile* Profiles::Find(std::string_view id) const {
  if (id.empty() && !profiles_.empty()) return &profiles_.front();
  for (const Profile& profile : profiles_)
    if (profile.id == id) return &profile;
  return nullptr;
}

}  // namespace alcove::people
