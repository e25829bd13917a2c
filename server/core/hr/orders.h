// Orders: what HR is to carry out, and what it answers (promise P10).
//
// What HR is shown follows from the rows `MeasureOrder`, in which no case stands, and from today; nothing here but the way of an
// answer to the team reads whence an order is. The list is in the order of the ids, which are random; an order is there from a day
// that the server drew, and what is shown of it changes with a day (cases/orders.h). So HR's view is the same, byte for byte,
// whatever case lies behind and in whatever order the orders were placed. What HR answers tells HR nothing.
//
// Callers are service accounts with the scope `measures`; the door has checked that. Every one of them sees every order.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::hr {

using cases::OrderState;

// An order as HR sees it today.
struct HrOrder {
  base::MeasureOrderId id;
  crypto::Bytes letter;
  base::Day visible;
  base::Day due;
  OrderState state = OrderState::kWaiting;
  std::string refusal;  // as HR answered
  base::Day done;       // as HR answered; 0: not
};

struct OrderPage {
  std::vector<HrOrder> orders;
  std::string next_token;
};

// Every order that HR may see today, or those in `state`; 16 a page unless asked, at most 32. One leaf of its own kind.
absl::StatusOr<base::Outcome<OrderPage>> ListMeasureOrders(const cases::Ports& ports, const base::StaffSlug& caller,
                                                           std::optional<OrderState> state, const cases::PageRequest& page);

struct OrderAnswer {
  std::string request_id;
  base::MeasureOrderId order;
  OrderState outcome = OrderState::kExecuted;  // executed or refused
  std::string refusal = {};                    // code of the taxonomy's `order.refusal`; empty unless refused
  std::optional<base::Day> done = {};          // executed: when
};

// Once. The team sees it in the case, with a leaf that the reporter does not see; where the case is gone meanwhile, HR hears the
// same.
//   NOTHING_HERE   no such order, or HR does not see it yet
//   ORDER_ANSWERED it was answered before, or HR sees that it was taken back
//   CODE_UNKNOWN   of the refusal
//   FIELD_INVALID  "done": missing, before HR saw the order, or after today; or there though refused. "refusal": there though
// executed
absl::StatusOr<base::Outcome<std::monostate>> ReportMeasureOrder(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                 const OrderAnswer& answer);

}  // namespace alcove::hr
