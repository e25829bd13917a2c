// How long a case is kept: a table of lines, endings and days.
#include "server/core/clocks/retention.h"

#include <gtest/gtest.h>

namespace alcove::clocks {
namespace {

base::Day On(std::string_view text) { return *base::Day::FromText(text); }

// As in deploy/policy, and a site with a law of its own.
const people::Retention kLines = {
    {"finding_made", "", "", 36}, {"", "substantiated", "", 60}, {"out_of_scope", "", "", 13},
    {"withdrawn", "", "", 24},    {"", "", "lyon", 30},          {"", "substantiated", "lyon", 120},
};

struct EndingRow {
  std::string what;
  Ending ending;
  std::uint16_t months;
};

TEST(Retention, TheLongestOfTheLinesThatFitHolds) {
  const std::vector<EndingRow> rows = {
      {"by how it was closed", {"finding_made", {"unsubstantiated"}, ""}, 36},
      {"a finding keeps it longer", {"finding_made", {"unsubstantiated", "substantiated"}, ""}, 60},
      {"whatever the order", {"finding_made", {"substantiated", "unsubstantiated"}, ""}, 60},
      {"without a finding", {"out_of_scope", {}, ""}, 13},
      {"a site adds to it", {"out_of_scope", {}, "lyon"}, 30},
      {"and takes nothing away", {"finding_made", {}, "lyon"}, 36},
      {"another site is another", {"out_of_scope", {}, "ghent"}, 13},
      {"a finding at a site", {"finding_made", {"substantiated"}, "lyon"}, 120},
      {"a finding whatever the closing", {"withdrawn", {"substantiated"}, ""}, 60},
      {"where no line fits", {"referred", {"inconclusive"}, ""}, people::kMonthsKept},
      {"where nothing was said", {"", {}, ""}, people::kMonthsKept},
  };
  for (const EndingRow& row : rows) EXPECT_EQ(MonthsKept(kLines, row.ending), row.months) << row.what;
  EXPECT_EQ(MonthsKept({}, rows[0].ending), people::kMonthsKept) << "no lines";
}

struct DayRow {
  std::string what;
  std::string closed, written, heard, lifted, shortened;
  bool unread;
  std::uint16_t months;
  std::string last;  // empty: the clock stands
};

TEST(Retention, TheLastDayCountsFromTheClosingOrFromWhatWasReadSince) {
  const std::vector<DayRow> rows = {
      {"from the closing", "2026-11-23", "", "", "", "", false, 36, "2029-11-23"},
      {"the last of a shorter month", "2026-08-31", "", "", "", "", false, 18, "2028-02-29"},
      {"what was written before counts nothing", "2026-11-23", "2026-10-01", "2026-10-02", "", "", false, 13, "2027-12-23"},
      {"what was written after begins anew", "2026-11-23", "2027-03-01", "2027-03-01", "", "", false, 13, "2028-04-01"},
      {"from when it was read", "2026-11-23", "2027-03-01", "2028-03-05", "", "", false, 13, "2029-04-05"},
      {"unread the clock stands", "2026-11-23", "2027-03-01", "", "", "", true, 13, ""},
      {"open it stands", "", "2026-11-20", "2026-11-20", "", "", false, 13, ""},
      {"shortened", "2026-11-23", "", "", "", "2027-02-01", false, 13, "2027-02-01"},
      {"a later day shortens nothing", "2026-11-23", "", "", "", "2029-02-01", false, 13, "2027-12-23"},
      {"after a hold thirty days", "2026-11-23", "", "", "2028-05-01", "", false, 13, "2028-05-31"},
      {"a hold lifted in time adds nothing", "2026-11-23", "", "", "2027-01-01", "", false, 13, "2027-12-23"},
      {"also where it was shortened", "2026-11-23", "", "", "2027-01-20", "2027-02-01", false, 13, "2027-02-19"},
      {"unread outranks a shortened day", "2026-11-23", "2027-01-20", "", "", "2027-02-01", true, 13, ""},
  };
  const auto day = [](const std::string& text) { return text.empty() ? std::optional<base::Day>() : On(text); };
  for (const DayRow& row : rows) {
    Marks marks;
    marks.filed = On("2026-01-05");
    marks.closed = day(row.closed);
    marks.written = day(row.written);
    marks.heard = day(row.heard);
    marks.lifted = day(row.lifted);
    EXPECT_EQ(LastDayKept(marks, row.unread, row.months, day(row.shortened)), day(row.last)) << row.what;
  }
}

TEST(Retention, WhatGoesWithinThirtyDaysIsAboutToGo) {
  const base::Day last = On("2027-12-23");
  EXPECT_FALSE(IsAboutToGo(last, On("2027-11-22")));
  EXPECT_TRUE(IsAboutToGo(last, On("2027-11-23")));
  EXPECT_TRUE(IsAboutToGo(last, last.PlusDays(1)));
  EXPECT_FALSE(IsAboutToGo(std::nullopt, last));
}

}  // namespace
}  // namespace alcove::clocks
