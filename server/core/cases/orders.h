// What HR is told to do: orders, each from one measure of one case, and how they are kept apart from it (promise P10).
//
// Two rows. `MeasureOrder` is HR's side: a letter that only HR can open, days, and what HR answered. No case stands in it, so
// whatever is computed from these rows alone is the same whatever case lies behind. `OrderOrigin` says which case and measure an
// order is from; only the way of an answer to the team reads it (server/core/hr/orders.h), no list and no event.
//
// Everything that HR sees changes with a day and not with an act: an order is there from a day that the server drew, and one that
// was taken back is shown as such from the day after. So what happens within a day reaches HR at once and in no order.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "server/core/base/changes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/cases/ports.h"

namespace alcove::cases {

// Same numbers as alcove.v1.OrderState.
enum class OrderState : std::uint8_t { kWaiting = 1, kExecuted, kRefused, kWithdrawn };

struct MeasureOrder : base::Record {
  static constexpr base::Table kTable = base::Table::kMeasureOrder;
  std::string key() const { return base::RowKey(id); }

  base::MeasureOrderId id;  // drawn by the team's client
  crypto::Bytes letter;     // "ALO1": who, what, from when to when and the reason given, for HR alone
  base::Day visible;        // from here on HR sees it
  base::Day due;            // last day
  OrderState state = OrderState::kWaiting;
  base::Day withdrawn;      // from here on HR sees that it was taken back; 0 unless it was
  std::string refusal;      // code of the taxonomy's `order.refusal`; empty unless refused
  base::Day done;           // as HR says; 0 unless executed
  base::StaffSlug answered_by;  // the service account; empty while there is no answer
};

struct OrderOrigin : base::Record {
  static constexpr base::Table kTable = base::Table::kOrderOrigin;
  std::string key() const { return base::RowKey(order); }

  base::MeasureOrderId order;
  base::CaseId case_id;
  base::MeasureId measure;
};

// An order is seen by HR 1 to 3 days after it was placed, at the beginning of the day.
inline constexpr int kMostOrderDelay = 3;
// At least so long before its last day it is placed, so that HR has some days left.
inline constexpr int kOrderLead = 7;

// What HR is shown today: an order taken back today is shown as waiting until tomorrow.
OrderState StateForHr(const MeasureOrder& order, base::Day today);
inline bool IsVisible(const MeasureOrder& order, base::Day today) { return order.visible <= today; }

// The day from which HR sees an order that is placed now: drawn without looking at anything, each of the three as likely.
base::Day DrawVisibleDay(const Ports& ports);

// Takes an order back because its measure ended: HR never hears of one that it has not seen, and sees the others as taken back from
// tomorrow on. Nothing for one that was answered.
absl::Status WithdrawOrder(const Ports& ports, const base::MeasureOrderId& id, base::ChangeSet& changes);

// An order as its case team sees it.
struct OrderView {
  base::MeasureOrderId id;  // zero: the measure has none
  OrderState state = OrderState::kWaiting;
  base::Day visible;        // HR sees it from here on; 0 for one that was taken back before
  std::string refusal;
  base::Day done;
  bool overdue = false;     // it waits, and its last day is over

  friend bool operator==(const OrderView&, const OrderView&) = default;
};
// Of the order of a measure, by id; an order whose row is gone was taken back before HR saw it.
absl::StatusOr<OrderView> OrderOf(const Ports& ports, const base::MeasureOrderId& id);

}  // namespace alcove::cases
