#include "client/cli/hr/order_text.h"

#include <algorithm>
#include <tuple>

#include "client/cli/frame/date_text.h"
#include "client/cli/frame/table.h"

namespace alcove::cli {
namespace {

constexpr size_t kShortId = 10;
constexpr std::string_view kStates[] = {"waiting", "executed", "refused", "withdrawn"};

std::string ShortId(std::string_view name) {
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return std::string(name.substr(0, kShortId));
}

std::tuple<int, int, int> Place(const google::type::Date& day) { return {day.year(), day.month(), day.day()}; }

std::string PersonText(const sealed::v1::OrderedPerson& person) {
  std::string text;
  for (const std::string& identifier : person.identifiers()) text += (text.empty() ? "" : ", ") + Harmless(identifier);
  return text;
}

// A string of JSON; what is told are codes and names in ASCII, whatever else a server sends is left out.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text)
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') quoted += c;
  return quoted + "\"";
}

}  // namespace

std::string OrderWord(v1::OrderState state) {
  const int number = state;
  return number < 1 || number > 4 ? "unknown" : std::string(kStates[number - 1]);
}

v1::OrderState OrderStateOf(std::string_view word) {
  for (int number = 1; number <= 4; ++number)
    if (kStates[number - 1] == word) return static_cast<v1::OrderState>(number);
  return v1::ORDER_STATE_UNSPECIFIED;
}

std::string OrderTable(std::vector<client::OpenedOrder> orders) {
  std::stable_sort(orders.begin(), orders.end(), [](const client::OpenedOrder& a, const client::OpenedOrder& b) {
    return Place(a.facts.due()) < Place(b.facts.due());
  });
  Table table({"order", "by", "state", "what", "people"});
  for (const client::OpenedOrder& order : orders)
    table.Row({ShortId(order.facts.name()), DateText(order.facts.due()), OrderWord(order.facts.state()),
               order.words ? Harmless(order.words->kind()) : "cannot be read",
               order.words ? std::to_string(order.words->people_size()) : ""});
  return table.Text();
}

std::string OrderText(const client::OpenedOrder& order, size_t width) {
  std::string text = ShortId(order.facts.name()) + "  " + OrderWord(order.facts.state()) + ", by " + DateText(order.facts.due());
  if (!order.facts.refusal().empty()) text += " (" + Harmless(order.facts.refusal()) + ")";
  if (order.facts.has_done()) text += " (done on " + DateText(order.facts.done()) + ")";
  text += "\n";
  if (!order.words)
    return text + Wrapped("This order does not open on this machine: it was placed before the directory listed it. Use the machine "
                          "that it was listed with, or refuse the order as `unclear`.",
                          width, 2) +
           "\n";
  const sealed::v1::MeasureOrder& words = *order.words;
  text += "  " + Harmless(words.kind()) + ", from " + DateText(words.start()) +
          (words.has_end() ? " to " + DateText(words.end()) : " until told otherwise") + "\n";
  text += "  reason to give: " + Harmless(words.reason()) + "\n";
  for (const sealed::v1::OrderedPerson& person : words.people()) text += "  for " + PersonText(person) + "\n";
  if (!words.instruction().empty()) text += Wrapped(Harmless(words.instruction()), width, 2) + "\n";
  return text;
}

std::string EventLine(const v1::Event& event) {
  return "{\"specversion\":" + Quoted(event.specversion()) + ",\"id\":" + Quoted(event.id()) + ",\"source\":" +
         Quoted(event.source()) + ",\"type\":" + Quoted(event.type()) + ",\"subject\":" + Quoted(event.subject()) +
         ",\"time\":\"" + DateText(event.time()) + "T00:00:00Z\"}";
}

}  // namespace alcove::cli
