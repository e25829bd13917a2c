#include "server/core/casework/due.h"

#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/cases/matters.h"

namespace alcove::casework {

absl::StatusOr<bool> LookAfterMeasures(const cases::Ports& ports, cases::Case& record, std::uint16_t grace_days,
                                       cases::CaseLeaves& leaves, base::ChangeSet& changes) {
  absl::StatusOr<std::vector<cases::Measure>> measures = cases::MeasuresOf(ports, record.id);
  if (!measures.ok()) return measures.status();
  const base::Day today = ports.clock.Today();
  bool lapsed = false;
  for (cases::Measure& measure : *measures) {
    if (!cases::IsOpen(measure)) continue;
    lapsed = lapsed || cases::IsOverdue(measure, today.PlusDays(-static_cast<int>(grace_days)));
    bool changed = false;
    const base::StaffSlug owner = cases::OwnerOf(ports, record, measure);
    if (!owner.empty() && owner != measure.owner) {
      measure.owner = owner;
      measure.revision += 1;
      leaves.HiddenByServer(format::LeafKind::kMeasureChanged,
                            format::details::MeasureChanged(measure.id, static_cast<std::uint8_t>(measure.state)));
      changed = true;
    }
    if (!measure.overdue && cases::IsOverdue(measure, today)) {
      measure.overdue = true;
      leaves.HiddenByServer(format::LeafKind::kMeasureOverdue, format::details::MeasureOverdue(measure.id));
      changed = true;
    }
    if (changed) changes.Put(std::move(measure));
  }
  return lapsed;
}

}  // namespace alcove::casework
