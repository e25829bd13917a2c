#include "server/core/cases/orders.h"

#include <utility>

namespace alcove::cases {

OrderState StateForHr(const MeasureOrder& order, base::Day today) {
  return order.state == OrderState::kWithdrawn && today < order.withdrawn ? OrderState::kWaiting : order.state;
}

base::Day DrawVisibleDay(const Ports& ports) {
  std::uint8_t drawn = 0;
  // 255 is three times 85: what is above would make one of the days likelier.
  do drawn = static_cast<std::uint8_t>(ports.random.Draw(1)[0]);
  while (drawn == 255);
  return ports.clock.Today().PlusDays(1 + drawn % kMostOrderDelay);
}

absl::Status WithdrawOrder(const Ports& ports, const base::MeasureOrderId& id, base::ChangeSet& changes) {
  auto found = ports.rows.Get<MeasureOrder>(base::RowKey(id));
  if (!found.ok()) return found.status();
  if (!*found || (*found)->record.state != OrderState::kWaiting) return absl::OkStatus();
  MeasureOrder& order = (*found)->record;
  if (!IsVisible(order, ports.clock.Today())) {
    changes.ExpectUnchanged(MeasureOrder::kTable, order.key(), (*found)->version);
    changes.Delete(MeasureOrder::kTable, order.key());
    changes.Delete(OrderOrigin::kTable, order.key());
    return absl::OkStatus();
  }
  order.state = OrderState::kWithdrawn;
  order.withdrawn = ports.clock.Today().PlusDays(1);
  changes.Update(std::move(order), (*found)->version);
  return absl::OkStatus();
}

absl::StatusOr<OrderView> OrderOf(const Ports& ports, const base::MeasureOrderId& id) {
  OrderView view;
  view.id = id;
  if (id.IsZero()) return view;
  const auto found = ports.rows.Get<MeasureOrder>(base::RowKey(id));
  if (!found.ok()) return found.status();
  if (!*found) {
    view.state = OrderState::kWithdrawn;
    return view;
  }
  const MeasureOrder& order = (*found)->record;
  view.state = order.state;
  view.visible = order.visible;
  view.refusal = order.refusal;
  view.done = order.done;
  view.overdue = order.state == OrderState::kWaiting && order.due < ports.clock.Today();
  return view;
}

}  // namespace alcove::cases
