#include "server/core/casework/measures.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/letters.h"
#include "server/core/cases/matters.h"
#include "server/core/cases/orders.h"
#include "server/core/casework/errors.h"

namespace alcove::casework {
namespace {

using cases::MeasureState;
using format::ByteWriter;

constexpr std::string_view kGroups[] = {"interim", "subject", "remedy", "organisation"};

absl::Status CheckKind(const cases::Ports& ports, std::string_view kind, bool harmed_person_agreed) {
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  const std::size_t dot = kind.find('.');
  if (taxonomy == nullptr || dot == std::string_view::npos) return CodeUnknown();
  const std::string_view group = kind.substr(0, dot);
  if (std::find(std::begin(kGroups), std::end(kGroups), group) == std::end(kGroups)) return CodeUnknown();
  const std::string list = "measure." + std::string(group);
  const std::string_view code = kind.substr(dot + 1);
  if (!taxonomy->Knows(list, code)) return CodeUnknown();
  return taxonomy->BurdensHarmed(list, code) && !harmed_person_agreed ? MeasureRefused() : absl::OkStatus();
}

absl::Status CheckTerms(const cases::Ports& ports, const cases::Case& record, const NewMeasure& measure) {
  const people::Person* owner = ports.organisation.FindPerson(measure.owner);
  if (owner == nullptr || !cases::MayReach(ports, *owner, record)) return base::FieldInvalid("owner");
  const base::Day today = ports.clock.Today();
  if (measure.due < std::max(today, record.marks.filed) || measure.due > today.PlusMonths(kLongestMonths))
    return base::FieldInvalid("due");
  if (!measure.allegation) return absl::OkStatus();
  auto allegation = ports.rows.Get<cases::Allegation>(base::RowKey(record.id, *measure.allegation));
  if (!allegation.ok()) return allegation.status();
  return *allegation ? absl::OkStatus() : base::FieldInvalid("allegation");
}

// The measure's order: what HR sees of it, and whence it is.
absl::Status PlaceOrder(const cases::Ports& ports, const base::StaffSlug& caller, const NewMeasure& measure,
                        cases::Case& record, cases::Measure& row, base::Outcome<Written>& outcome) {
  const std::size_t dot = measure.kind.find('.');
  if (!ports.organisation.taxonomy()->IsForHr("measure." + measure.kind.substr(0, dot), measure.kind.substr(dot + 1)))
    return OrderRefused();
  if (measure.due < ports.clock.Today().PlusDays(cases::kOrderLead)) return base::FieldInvalid("due");
  const absl::StatusOr<format::ParsedOfficerLetter> letter =
      cases::CheckLetter(ports.organisation, people::Role::kServiceMeasures, format::LetterSubject::kMeasureOrder,
                         *measure.letter, OrdersNotOffered());
  if (!letter.ok()) return letter.status();
  cases::MeasureOrder order;
  order.id = *base::MeasureOrderId::FromBytes(letter->id);
  const auto taken = ports.rows.Get<cases::MeasureOrder>(order.key());
  if (!taken.ok()) return taken.status();
  if (*taken || order.id.IsZero()) return base::FieldInvalid("order_letter");
  order.letter = *measure.letter;
  order.visible = cases::DrawVisibleDay(ports);
  order.due = measure.due;
  cases::OrderOrigin origin;
  origin.order = order.id;
  origin.case_id = record.id;
  origin.measure = measure.id;
  row.order = order.id;
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  leaves.HiddenByStaff(format::LeafKind::kOrderPlaced, caller, format::details::OrderPlaced(order.id, measure.id));
  outcome.changes.Insert(std::move(order));
  outcome.changes.Insert(std::move(origin));
  return absl::OkStatus();
}

bool Steps(MeasureState from, MeasureState to) {
  if (to == MeasureState::kDone || to == MeasureState::kCancelled)
    return from == MeasureState::kPlanned || from == MeasureState::kRunning;
  return from == MeasureState::kPlanned && to == MeasureState::kRunning;
}

}  // namespace

absl::StatusOr<base::Outcome<Written>> CreateMeasure(const cases::Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& request_id,
                                                     const NewMeasure& measure, const cases::NewEntry& entry) {
  const Asking asking{caller, id, request_id, &entry, format::EntryKind::kMeasure};
  ByteWriter asked(512);
  asked.Short("CreateMeasure").Fixed(measure.id).Short(measure.kind.substr(0, 255)).Short(measure.owner.text());
  asked.U32(measure.due.number()).Fixed(measure.allegation.value_or(base::AllegationId()));
  asked.U8(measure.harmed_person_agreed ? 1 : 0).Fixed(crypto::Blake2b256(measure.letter.value_or("")));
  absl::StatusOr<Act> act = Begin(ports, asking, std::move(asked));
  if (!act.ok()) return act.status();
  base::Outcome<Written> outcome;
  if (std::optional<Written> repeated = act->Repeated()) {
    outcome.answer = *std::move(repeated);
    return outcome;
  }
  if (absl::Status status = CheckKind(ports, measure.kind, measure.harmed_person_agreed); !status.ok()) return status;
  if (absl::Status status = CheckTerms(ports, act->record(), measure); !status.ok()) return status;
  const absl::StatusOr<std::vector<cases::Measure>> all = cases::MeasuresOf(ports, id);
  if (!all.ok()) return all.status();
  if (all->size() >= kMostMeasures) return QuotaExceeded();
  for (const cases::Measure& other : *all)
    if (other.id == measure.id) return base::FieldInvalid("name");
  if (measure.id.IsZero()) return base::FieldInvalid("name");

  cases::Measure row;
  row.case_id = id;
  row.id = measure.id;
  row.allegation = measure.allegation.value_or(base::AllegationId());
  row.kind = measure.kind;
  row.owner = measure.owner;
  row.due = measure.due;
  if (measure.letter)
    if (absl::Status status = PlaceOrder(ports, caller, measure, act->record(), row, outcome); !status.ok()) return status;
  outcome.answer.etag = cases::EtagOf(ports, row.id.view(), row.revision);
  outcome.changes.Insert(std::move(row));
  absl::Status status = Complete(ports, asking, *std::move(act), format::LeafKind::kMeasureCreated,
                                 format::details::MeasureCreated(measure.id, measure.kind, measure.due), outcome);
  if (!status.ok()) return status;
  return outcome;
}

absl::StatusOr<base::Outcome<Written>> ChangeMeasureState(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const base::CaseId& id, const base::MeasureId& measure,
                                                          const std::string& etag, const std::string& request_id,
                                                          MeasureState state, const cases::NewEntry* entry) {
  const Asking asking{caller, id, request_id, entry, format::EntryKind::kMeasure};
  ByteWriter asked(256);
  asked.Short("ChangeMeasureState").Fixed(measure).Short(etag.substr(0, 255)).U8(static_cast<std::uint8_t>(state));
  return ChangeRow<cases::Measure>(
      ports, asking, std::move(asked), base::RowKey(id, measure), etag, format::LeafKind::kMeasureChanged,
      format::details::MeasureChanged(measure, static_cast<std::uint8_t>(state)),
      [&](const cases::Case&, cases::Measure& row, base::ChangeSet& changes) -> absl::Status {
        if (!Steps(row.state, state)) return MeasureRefused();
        row.state = state;
        if (cases::IsOpen(row) || row.order.IsZero()) return absl::OkStatus();
        return cases::WithdrawOrder(ports, row.order, changes);
      });
}

}  // namespace alcove::casework
