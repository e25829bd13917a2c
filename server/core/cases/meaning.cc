#include "server/core/cases/meaning.h"

#include <optional>

#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/states.h"
#include "server/core/clocks/seen.h"

namespace alcove::cases {
namespace {

using format::EntryKind;
using format::Keyring;

std::optional<Point> PointOf(EntryKind kind) {
  const int point = static_cast<int>(kind) - static_cast<int>(EntryKind::kAssessmentAtIntake);
  if (point < 0 || point >= format::kPoints) return std::nullopt;
  return static_cast<Point>(point);
}

// Whoever gets an answer knows that a person has the report.
void MarkAnswered(base::Day today, clocks::Marks& marks) {
  if (!marks.first_message) marks.first_message = today;
  if (!marks.acknowledged) marks.acknowledged = today;
}

absl::Status Serve(const Ports& ports, const Case& record, const base::StaffSlug& author, CaseLeaves& leaves) {
  if (!record.summary) return SummaryNotShown();
  const Summary& summary = *record.summary;
  if (!summary.answered) {
    if (ports.clock.Today() <= summary.shown.PlusDays(kDaysToAnswer)) return SummaryNotShown();
    // What the accused has heard cannot be taken back: the reporter's days to answer have to be real ones.
    const absl::StatusOr<bool> frozen = clocks::HoldsNow(ports.rows, ports.clock.Now());
    if (!frozen.ok()) return frozen.status();
    if (*frozen) return ClockFrozen();
  }
  auto shown = ports.rows.Get<Entry>(
      base::RowKey(record.id, static_cast<std::uint8_t>(Keyring::kThread), summary.sequence));
  if (!shown.ok()) return shown.status();
  if (!*shown) return base::Broken("a summary that a case names is not there");
  const absl::StatusOr<format::ParsedEnvelope> envelope = format::ParseKept((*shown)->record.envelope);
  if (!envelope.ok()) return base::Broken("a kept entry does not parse");
  leaves.ByStaff(format::LeafKind::kSummaryServed, author,
                 format::details::SummaryServed((*shown)->record.id, format::EntryHash(*envelope)));
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeMeaning(const Ports& ports, Case& record, const format::EnvelopeContext& context,
                         const base::StaffSlug& author, CaseLeaves& leaves) {
  const base::Day today = ports.clock.Today();
  const bool told = context.keyring == Keyring::kThread && !author.empty();
  if (const std::optional<Point> point = PointOf(context.kind)) record.assessed |= BitOf(*point);
  switch (context.kind) {
    case EntryKind::kMessage:
      if (told) MarkAnswered(today, record.marks);
      break;
    case EntryKind::kOutcomeNotice:
      if (!told) break;
      MarkAnswered(today, record.marks);
      record.notified = true;
      if (!record.marks.feedback) record.marks.feedback = today;
      break;
    case EntryKind::kSummary:
      record.summary = Summary{context.sequence, today, false};
      break;
    case EntryKind::kSummaryAnswer:
      if (!record.summary) return KindRefused();
      record.summary->answered = true;
      break;
    case EntryKind::kSummaryServed: return Serve(ports, record, author, leaves);
    default: break;
  }
  return absl::OkStatus();
}

}  // namespace alcove::cases
