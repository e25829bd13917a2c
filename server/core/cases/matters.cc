#include "server/core/cases/matters.h"

#include <algorithm>
#include <utility>

#include "server/core/cases/errors.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::cases {
namespace {

template <class Row>
absl::StatusOr<std::vector<Row>> RowsOf(const Ports& ports, const base::CaseId& id) {
  std::vector<Row> rows;
  absl::Status status = ports.rows.Scan<Row>(base::RowKey(id), "", SIZE_MAX, [&](base::Versioned<Row> row) {
    rows.push_back(std::move(row.record));
    return true;
  });
  if (!status.ok()) return status;
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<Allegation>> AllegationsOf(const Ports& ports, const base::CaseId& id) {
  return RowsOf<Allegation>(ports, id);
}

absl::StatusOr<std::vector<Measure>> MeasuresOf(const Ports& ports, const base::CaseId& id) {
  return RowsOf<Measure>(ports, id);
}

bool IsOpen(const Measure& measure) {
  return measure.state == MeasureState::kPlanned || measure.state == MeasureState::kRunning;
}

bool IsOverdue(const Measure& measure, base::Day today) { return IsOpen(measure) && today > measure.due; }

base::StaffSlug OwnerOf(const Ports& ports, const Case& record, const Measure& measure) {
  const people::Person* owner = ports.organisation.FindPerson(measure.owner);
  return owner != nullptr && MayReach(ports, *owner, record) ? measure.owner : record.assignee;
}

absl::Status MayMoveOn(const Ports& ports, const base::CaseId& id, State to) {
  if (to == State::kDecided) {
    const absl::StatusOr<std::vector<Allegation>> allegations = AllegationsOf(ports, id);
    if (!allegations.ok()) return allegations.status();
    const bool lacking = std::any_of(allegations->begin(), allegations->end(),
                                     [](const Allegation& one) { return one.finding.empty(); });
    if (allegations->empty() || lacking) return FindingMissing();
  }
  if (to == State::kMonitoring || to == State::kClosed || to == State::kMeasuresRunning) {
    const absl::StatusOr<std::vector<Measure>> measures = MeasuresOf(ports, id);
    if (!measures.ok()) return measures.status();
    const bool open = std::any_of(measures->begin(), measures->end(),
                                  [](const Measure& measure) { return IsOpen(measure); });
    if (open != (to == State::kMeasuresRunning)) return MeasuresOpen();
  }
  return absl::OkStatus();
}

absl::Status AddMatters(const Ports& ports, const Case& record, CaseDetail& detail) {
  absl::StatusOr<std::vector<Allegation>> allegations = AllegationsOf(ports, record.id);
  if (!allegations.ok()) return allegations.status();
  for (Allegation& one : *allegations)
    detail.allegations.push_back({one.id, std::move(one.category), std::move(one.finding),
                                  EtagOf(ports, one.id.view(), one.revision)});
  absl::StatusOr<std::vector<Measure>> measures = MeasuresOf(ports, record.id);
  if (!measures.ok()) return measures.status();
  for (Measure& one : *measures) {
    absl::StatusOr<OrderView> order = OrderOf(ports, one.order);
    if (!order.ok()) return order.status();
    detail.measures.push_back({one.id, one.allegation, one.kind, OwnerOf(ports, record, one), one.due, one.state,
                               IsOverdue(one, ports.clock.Today()), EtagOf(ports, one.id.view(), one.revision),
                               *std::move(order)});
  }
  return absl::OkStatus();
}

}  // namespace alcove::cases
