// Policy profiles: the terms that clocks run by, as data (`profiles` policy document).
//
//   {"profiles": [{"id": "default",
//                  "acknowledge_days": 7, "feedback_months": 3, "personal_message_working_days": 3,
//                  "triage_working_days": 2, "claim_hours": 24,
//                  "weekend": ["sat", "sun"], "holidays": ["2026-12-25"],
//                  "check_in_days": [30, 90, 180, 365],
//                  "retention": [{"months": 36, "closed": "finding_made"},
//                                {"months": 60, "finding": "substantiated", "site": "lyon"}],
//                  "external": [{"kind": "us_eeoc.charge_180", "days": 180, "rolls": true},
//                               {"kind": "us_ny.court", "years": 3}]}]}
//
// `retention`: how long a case is kept once it was closed. A line fits a case that ended so: `closed` is the reason of its
// closing, `finding` one of its findings, `site` where it was filed for; what a line leaves out fits everything. Of the lines that
// fit, the longest holds; where none does, 36 months.
//
// The first profile is the organisation's own; a report names another, its jurisdiction's, by its id. External clocks start at a date that
// is sealed, so the client computes them; the server only lists their kinds.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/base/time.h"

namespace alcove::people {

// The internal clocks' lengths. A case keeps the terms of its filing; clocks takes the stricter of those and today's.
struct Terms {
  std::uint16_t acknowledge_days = 7;
  std::uint16_t feedback_months = 3;  // from the acknowledgement, or from its last day where none was sent
  std::uint16_t personal_message_working_days = 3;
  std::uint16_t triage_working_days = 2;
  std::uint16_t claim_hours = 24;  // counts in whole days from the end of the day of assignment
  std::uint16_t grace_days = 3;  // after a lapse, before the escalation recipient's grants are released

  friend bool operator==(const Terms&, const Terms&) = default;
};

// Which days nobody works.
struct Calendar {
  std::uint8_t weekend = 0;  // bit 0 is Monday, bit 6 Sunday
  std::vector<base::Day> holidays;  // sorted

  friend bool operator==(const Calendar&, const Calendar&) = default;
};

// How long a case is kept after its closing.
struct RetentionLine {
  std::string closed;   // code of `closing.reason`; empty: any
  std::string finding;  // code of `finding`; empty: any, and none
  std::string site;     // code of a site; empty: any
  std::uint16_t months = 0;

  friend bool operator==(const RetentionLine&, const RetentionLine&) = default;
};
using Retention = std::vector<RetentionLine>;

// Where no line fits.
inline constexpr std::uint16_t kMonthsKept = 36;
// The last check-in, 365 days after the closing, comes before anything goes.
inline constexpr std::uint16_t kFewestMonthsKept = 13;
inline constexpr std::uint16_t kMostMonthsKept = 360;
inline constexpr std::size_t kMostRetentionLines = 64;

// A clock of an authority outside; nothing here extends it.
struct ExternalClock {
  std::string kind;
  std::uint16_t days = 0;
  std::uint16_t years = 0;
  bool rolls = false;  // the last day moves over weekends and holidays
};

// Days after the filing, and again after the closing, on which a reporter is asked how it has been since. A profile may add
// to them and take none away.
inline constexpr std::array<std::uint16_t, 4> kCheckInDays = {30, 90, 180, 365};

struct Profile {
  std::string id;
  Terms terms;
  Calendar calendar;
  std::vector<ExternalClock> external;
  std::vector<std::uint16_t> check_in_days{kCheckInDays.begin(), kCheckInDays.end()};  // ascending
  Retention retention;
};

// Immutable after Parse.
class Profiles {
 public:
  // POLICY_INCOMPLETE naming the first thing that is wrong. Every term has a floor and a ceiling.
  static absl::StatusOr<Profiles> Parse(std::string_view json);

  const Profile& first() const { return profiles_.front(); }
  // Null when there is no such profile; an empty id is the first.
  const Profile* Find(std::string_view id) const;
  const std::vector<Profile>& all() const { return profiles_; }

 private:
  std::vector<Profile> profiles_;
};

}  // namespace alcove::people
