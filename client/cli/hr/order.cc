#include "client/cli/hr/order.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/hr/order_text.h"
#include "client/lib/files.h"
#include "client/lib/orders.h"
#include "crypto/encoding.h"

namespace alcove::cli {
namespace {

using client::HrDesk;
using client::Refusal;
using client::Refuse;

struct OrderOptions {
  StaffOptions staff;
  std::string order;
  std::string state;
  std::string on;
  std::string reason;
};

absl::Status List(Frame& frame, const OrderOptions& options) {
  const v1::OrderState state = OrderStateOf(options.state);
  if (!options.state.empty() && state == v1::ORDER_STATE_UNSPECIFIED)
    return Refuse(Refusal::kInputInvalid, "a state is waiting, executed, refused or withdrawn");
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::vector<client::OpenedOrder> orders, HrDesk(account->desk()).Orders(state));
  if (frame.json()) {
    v1::ListMeasureOrdersResponse response;
    for (const client::OpenedOrder& order : orders) *response.add_orders() = order.facts;
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(orders.empty() ? "There are no such orders.\n" : OrderTable(orders));
  }
  return absl::OkStatus();
}

absl::Status Show(Frame& frame, const OrderOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const client::OpenedOrder order, HrDesk(account->desk()).OrderOf(options.order));
  if (frame.json()) frame.PrintJson(order.facts);
  else frame.terminal().Print(OrderText(order, 80));
  return absl::OkStatus();
}

absl::Status Done(Frame& frame, const OrderOptions& options) {
  const auto day = options.on.empty() ? frame.today() : format::Day::FromText(options.on);
  if (!day.ok()) return Refuse(Refusal::kInputInvalid, "`" + options.on + "` is no day; write YYYY-MM-DD");
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  HrDesk desk(account->desk());
  ALCOVE_CLIENT_ASSIGN(const client::OpenedOrder order, desk.OrderOf(options.order));
  ALCOVE_CLIENT_ASSIGN(const v1::ReportMeasureOrderResponse response, desk.Executed(order.facts.name(), *day));
  if (frame.json()) frame.PrintJson(response);
  else frame.terminal().Print("Executed on " + day->Text() + ". That is final.\n");
  return absl::OkStatus();
}

absl::Status RefuseOrder(Frame& frame, const OrderOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  HrDesk desk(account->desk());
  ALCOVE_CLIENT_ASSIGN(const client::OpenedOrder order, desk.OrderOf(options.order));
  ALCOVE_CLIENT_ASSIGN(const v1::ReportMeasureOrderResponse response, desk.Refused(order.facts.name(), options.reason));
  if (frame.json()) frame.PrintJson(response);
  else frame.terminal().Print("Refused (" + options.reason + "). That is final; whoever ordered it sees it.\n");
  return absl::OkStatus();
}

struct EventOptions {
  StaffOptions staff;
  std::string resume_file;
  int seconds = 0;  // 0: until stopped
};

absl::StatusOr<std::string> TokenIn(const std::string& file) {
  if (file.empty()) return std::string();
  ALCOVE_CLIENT_ASSIGN(const std::optional<std::string> text, client::ReadFileIfThere(file));
  if (!text) return std::string();
  const auto token = crypto::Base64UrlDecode(text->substr(0, text->find('\n')));
  if (!token.ok()) return Refuse(Refusal::kInputInvalid, "`" + file + "` holds no token; move it away to begin anew");
  return *token;
}

// A line is printed before its token is kept: whoever stops in between is told of it again.
absl::Status TakeInto(Frame& frame, const std::string& file, const v1::WatchEventsResponse& told, std::string& token) {
  frame.terminal().Print(EventLine(told.event()) + "\n");
  token = told.resume_token();
  return file.empty() ? absl::OkStatus() : client::ReplaceFile(file, crypto::Base64UrlEncode(token) + "\n");
}

bool WorthAnotherTry(const absl::Status& status) {
  const std::string reason = client::ReasonOf(status);
  return reason == "SESSION_REQUIRED" || reason == "STOPPING" || client::Is(status, Refusal::kServerUnreachable);
}

// A session is short and a server restarts; a watch goes on. Keys stay unlocked in memory.
absl::Status Events(Frame& frame, const EventOptions& options) {
  using std::chrono::seconds;
  constexpr seconds kAtOnce{600}, kPause{2};
  ALCOVE_CLIENT_ASSIGN(std::string token, TokenIn(options.resume_file));
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  const auto end = frame.now() + seconds(options.seconds);
  const auto take = [&](const v1::WatchEventsResponse& told) { return TakeInto(frame, options.resume_file, told, token); };
  for (;;) {
    seconds patience = kAtOnce;
    if (options.seconds > 0) {
      patience = std::min(kAtOnce, std::chrono::ceil<seconds>(end - frame.now()));
      if (patience <= seconds(0)) return absl::OkStatus();
    }
    absl::Status watched = client::WatchEvents(account->connection(), account->session(), token, patience, take);
    if (!watched.ok() && !WorthAnotherTry(watched)) return watched;
    if (!watched.ok()) std::this_thread::sleep_for(kPause);
    absl::StatusOr<client::StaffDesk> desk =
        client::StaffDesk::SignIn(account->connection(), account->directory(), account->keys(), frame.random());
    if (desk.ok()) account->desk() = *std::move(desk);
    else if (!WorthAnotherTry(desk.status())) return desk.status();
  }
}

using Verb = absl::Status (*)(Frame&, const OrderOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const char* name, const char* help, Verb verb,
                  const std::shared_ptr<OrderOptions>& options) {
  CLI::App* command = noun.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddOrderCommands(CLI::App& hr, Frame& frame) {
  CLI::App* order = hr.add_subcommand("order", "What HR is to carry out");
  order->require_subcommand(1);
  const auto options = std::make_shared<OrderOptions>();
  AddVerb(*order, frame, "list", "Every order, the earliest last day first", List, options)
      ->add_option("--state", options->state, "waiting, executed, refused or withdrawn")
      ->type_name("STATE");
  AddVerb(*order, frame, "show", "One order: who, what, from when to when, and the reason to give", Show, options)
      ->add_option("order", options->order, "The beginning of its id is enough")
      ->required();
  CLI::App* done = AddVerb(*order, frame, "done", "It was carried out", Done, options);
  done->add_option("order", options->order, "The beginning of its id is enough")->required();
  done->add_option("--on", options->on, "The day; today unless told otherwise")->type_name("YYYY-MM-DD");
  CLI::App* refuse = AddVerb(*order, frame, "refuse", "It will not be carried out", RefuseOrder, options);
  refuse->add_option("order", options->order, "The beginning of its id is enough")->required();
  refuse->add_option("--reason", options->reason, "A code of the taxonomy's order.refusal: left, absent, not_lawful, ...")
      ->required()
      ->type_name("CODE");

  const auto watched = std::make_shared<EventOptions>();
  CLI::App* events = hr.add_subcommand("events", "Print what happens, a line of JSON each (CloudEvents), until stopped");
  AddStaffOptions(*events, watched->staff);
  events->add_option("--resume", watched->resume_file, "Go on from the token in this file, and keep the newest there")
      ->type_name("FILE");
  events->add_option("--seconds", watched->seconds, "Stop after so many seconds; 0 goes on")->check(CLI::Range(0, 1000000));
  events->callback([&frame, watched] { frame.End(Events(frame, *watched)); });
}

}  // namespace alcove::cli
