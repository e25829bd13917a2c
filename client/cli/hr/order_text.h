// Orders as an HR system's people read them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/lib/orders.h"

namespace alcove::cli {

// `waiting` for ORDER_STATE_WAITING, and back; unspecified for a word that is no state.
std::string OrderWord(v1::OrderState state);
v1::OrderState OrderStateOf(std::string_view word);

// One line each, the earliest last day first: id, last day, state, what, for how many people.
std::string OrderTable(std::vector<client::OpenedOrder> orders);
// One order in full.
std::string OrderText(const client::OpenedOrder& order, size_t width);

// One event as a line of JSON, with the attributes of CloudEvents and no other; the day stands as the moment it begins.
std::string EventLine(const v1::Event& event);

}  // namespace alcove::cli
