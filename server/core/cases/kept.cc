#include "server/core/cases/kept.h"

#include <algorithm>

#include "server/core/cases/matters.h"
#include "server/core/clocks/retention.h"

namespace alcove::cases {

void MarkWritten(const Ports& ports, Case& record, std::uint32_t sequence) {
  record.written = sequence + 1;
  record.marks.written = ports.clock.Today();
  record.shortened.reset();
}

void MarkRead(const Ports& ports, Case& record, std::uint32_t first, std::uint32_t count) {
  if (first > record.read || first + count <= record.read) return;
  const bool unread = IsUnread(record);
  record.read = first + count;
  if (unread && !IsUnread(record)) record.marks.heard = ports.clock.Today();
}

absl::StatusOr<std::optional<base::Day>> LastDayOf(const Ports& ports, const Case& record) {
  if (!record.marks.closed || IsUnread(record)) return std::nullopt;
  const absl::StatusOr<std::vector<Allegation>> allegations = AllegationsOf(ports, record.id);
  if (!allegations.ok()) return allegations.status();
  clocks::Ending ending{record.closing_reason, {}, record.facts.site};
  for (const Allegation& one : *allegations)
    if (!one.finding.empty()) ending.findings.push_back(one.finding);
  std::uint16_t months = clocks::MonthsKept(record.retention, ending);
  const people::Profiles* profiles = ports.organisation.profiles();
  const people::Profile* profile = profiles == nullptr ? nullptr : profiles->Find(record.profile);
  // An open case keeps the stricter of its filing's terms and today's; a closed one the longer.
  if (profile != nullptr) months = std::max(months, clocks::MonthsKept(profile->retention, ending));
  return clocks::LastDayKept(record.marks, false, months, record.shortened);
}

}  // namespace alcove::cases
