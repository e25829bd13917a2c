#include "server/core/hr/orders.h"

#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/requests.h"
#include "server/core/hr/errors.h"
#include "server/core/hr/scan_page.h"
#include "server/core/ledger/draft.h"

namespace alcove::hr {
namespace {

using cases::MeasureOrder;

absl::Status CheckAnswer(const cases::Ports& ports, const MeasureOrder& order, const OrderAnswer& answer) {
  if (answer.outcome == OrderState::kExecuted) {
    if (!answer.refusal.empty()) return base::FieldInvalid("refusal");
    if (!answer.done || *answer.done < order.visible || *answer.done > ports.clock.Today()) return base::FieldInvalid("done");
    return absl::OkStatus();
  }
  if (answer.done) return base::FieldInvalid("done");
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  return taxonomy != nullptr && taxonomy->Knows("order.refusal", answer.refusal) ? absl::OkStatus() : CodeUnknown();
}

// Tells the team, unless the case is gone or about to go.
absl::Status TellTeam(const cases::Ports& ports, const base::StaffSlug& caller, const OrderAnswer& answer,
                      base::Outcome<std::monostate>& outcome) {
  const auto origin = ports.rows.Get<cases::OrderOrigin>(base::RowKey(answer.order));
  if (!origin.ok()) return origin.status();
  if (!*origin) return absl::OkStatus();
  const base::CaseId& id = (*origin)->record.case_id;
  auto found = ports.rows.Get<cases::Case>(base::RowKey(id));
  if (!found.ok()) return found.status();
  const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, id);
  if (!doomed.ok()) return doomed.status();
  if (!*found || *doomed) return absl::OkStatus();
  cases::Case& record = (*found)->record;
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  leaves.HiddenByStaff(
      format::LeafKind::kOrderAnswered, caller,
      format::details::OrderAnswered(answer.order, static_cast<std::uint8_t>(answer.outcome), answer.refusal));
  outcome.changes.Update(std::move(record), (*found)->version);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<base::Outcome<OrderPage>> ListMeasureOrders(const cases::Ports& ports, const base::StaffSlug& caller,
                                                           std::optional<OrderState> state, const cases::PageRequest& page) {
  const base::Day today = ports.clock.Today();
  base::Outcome<OrderPage> outcome;
  std::vector<MeasureOrder> rows;
  const absl::Status status = ScanPage<MeasureOrder, base::MeasureOrderId>(
      ports, page,
      [&](const MeasureOrder& order) {
        return cases::IsVisible(order, today) && (!state || *state == cases::StateForHr(order, today));
      },
      rows, outcome.answer.next_token);
  if (!status.ok()) return status;
  for (MeasureOrder& row : rows)
    outcome.answer.orders.push_back({row.id, std::move(row.letter), row.visible, row.due, cases::StateForHr(row, today),
                                     std::move(row.refusal), row.done});
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kOrdersListed, caller, ports.clock.Now()), ports.random,
                    outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> ReportMeasureOrder(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                 const OrderAnswer& answer) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), answer.request_id,
      crypto::Blake2b256(format::ByteWriter(384)
                             .Short("ReportMeasureOrder")
                             .Fixed(answer.order)
                             .U8(static_cast<std::uint8_t>(answer.outcome))
                             .Short(answer.refusal.substr(0, 255))
                             .U8(answer.done ? 1 : 0)
                             .U32(answer.done.value_or(base::Day()).number())
                             .bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  auto found = ports.rows.Get<MeasureOrder>(base::RowKey(answer.order));
  if (!found.ok()) return found.status();
  const base::Day today = ports.clock.Today();
  if (!*found || !cases::IsVisible((*found)->record, today)) return base::NothingHere();
  MeasureOrder& order = (*found)->record;
  if (cases::StateForHr(order, today) != OrderState::kWaiting) return OrderAnswered();
  if (absl::Status status = CheckAnswer(ports, order, answer); !status.ok()) return status;
  order.state = answer.outcome;
  order.withdrawn = base::Day();  // HR was faster than hearing of it
  order.refusal = answer.refusal;
  order.done = answer.done.value_or(base::Day());
  order.answered_by = caller;
  if (absl::Status status = TellTeam(ports, caller, answer, outcome); !status.ok()) return status;
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(order), (*found)->version);
  return outcome;
}

}  // namespace alcove::hr
