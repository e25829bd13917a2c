#include "server/core/clocks/retention.h"

#include <algorithm>

namespace alcove::clocks {
namespace {

bool Fits(const people::RetentionLine& line, const Ending& ending) {
  if (!line.closed.empty() && line.closed != ending.closed) return false;
  if (!line.site.empty() && line.site != ending.site) return false;
  return line.finding.empty() ||
         std::find(ending.findings.begin(), ending.findings.end(), line.finding) != ending.findings.end();
}

}  // namespace

std::uint16_t MonthsKept(const people::Retention& lines, const Ending& ending) {
  std::uint16_t months = 0;
  for (const people::RetentionLine& line : lines)
    if (Fits(line, ending)) months = std::max(months, line.months);
  return months == 0 ? people::kMonthsKept : months;
}

std::optional<base::Day> LastDayKept(const Marks& marks, bool unread, std::uint16_t months,
                                     const std::optional<base::Day>& shortened) {
  if (!marks.closed || unread) return std::nullopt;
  const base::Day from = std::max({*marks.closed, marks.written.value_or(*marks.closed), marks.heard.value_or(*marks.closed)});
  base::Day last = from.PlusMonths(months);
  if (shortened) last = std::min(last, *shortened);
  if (marks.lifted) last = std::max(last, marks.lifted->PlusDays(kNoticeDays));
  return last;
}

bool IsAboutToGo(const std::optional<base::Day>& last, base::Day today) {
  return last && *last <= today.PlusDays(kNoticeDays);
}

}  // namespace alcove::clocks
