// What HR reads of an order: all that it needs, in one form, and nothing that could move a cursor.
#include "client/cli/hr/order_text.h"

#include <gtest/gtest.h>

namespace alcove::cli {
namespace {

void SetDay(int year, int month, int day, google::type::Date* out) {
  out->set_year(year);
  out->set_month(month);
  out->set_day(day);
}

client::OpenedOrder Waiting() {
  client::OpenedOrder order;
  order.facts.set_name("measureOrders/abcdefghijklmnopqrstuvwxyz");
  order.facts.set_state(v1::ORDER_STATE_WAITING);
  SetDay(2026, 12, 20, order.facts.mutable_due());
  sealed::v1::MeasureOrder& words = order.words.emplace();
  words.add_people()->add_identifiers("emp:4711");
  words.add_people()->add_identifiers("mail:x@y.example");
  words.set_kind("schedule_change");
  words.set_reason("operational");
  SetDay(2026, 12, 21, words.mutable_start());
  return order;
}

TEST(OrderText, SaysWhoWhatWhenAndTheReasonToGive) {
  client::OpenedOrder order = Waiting();
  EXPECT_EQ(OrderText(order, 80),
            "abcdefghij  waiting, by 2026-12-20\n"
            "  schedule_change, from 2026-12-21 until told otherwise\n"
            "  reason to give: operational\n"
            "  for emp:4711\n"
            "  for mail:x@y.example\n");
  SetDay(2027, 1, 31, order.words->mutable_end());
  order.words->set_instruction("The early shift.\x1b[2J");
  order.facts.set_state(v1::ORDER_STATE_REFUSED);
  order.facts.set_refusal("left");
  const std::string text = OrderText(order, 80);
  EXPECT_NE(text.find("refused, by 2026-12-20 (left)"), std::string::npos);
  EXPECT_NE(text.find("from 2026-12-21 to 2027-01-31"), std::string::npos);
  EXPECT_NE(text.find("The early shift."), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  order.words.reset();
  EXPECT_NE(OrderText(order, 80).find("does not open on this machine"), std::string::npos);
}

TEST(OrderText, AListNamesNobodyAndHasTheEarliestDayFirst) {
  client::OpenedOrder later = Waiting(), dark = Waiting();
  SetDay(2027, 1, 1, later.facts.mutable_due());
  dark.words.reset();
  const std::string text = OrderTable({later, dark});
  EXPECT_LT(text.find("2026-12-20"), text.find("2027-01-01"));
  EXPECT_NE(text.find("cannot be read"), std::string::npos);
  EXPECT_NE(text.find("schedule_change"), std::string::npos);
  EXPECT_EQ(text.find("4711"), std::string::npos);
}

TEST(OrderText, StatesLeadBack) {
  for (int number = 1; number <= 4; ++number)
    EXPECT_EQ(OrderStateOf(OrderWord(static_cast<v1::OrderState>(number))), number);
  EXPECT_EQ(OrderStateOf("done"), v1::ORDER_STATE_UNSPECIFIED);
}

TEST(OrderText, AnEventIsALineOfCloudEventsAndBreaksNoJson) {
  v1::Event event;
  event.set_id("abc");
  event.set_source("alcove/xyz");
  event.set_specversion("1.0");
  event.set_type("alcove.order.available");
  event.set_subject("measureOrders/\"}\n\x1b");
  SetDay(2026, 12, 1, event.mutable_time());
  EXPECT_EQ(EventLine(event),
            "{\"specversion\":\"1.0\",\"id\":\"abc\",\"source\":\"alcove/xyz\",\"type\":\"alcove.order.available\","
            "\"subject\":\"measureOrders/}\",\"time\":\"2026-12-01T00:00:00Z\"}");
}

}  // namespace
}  // namespace alcove::cli
