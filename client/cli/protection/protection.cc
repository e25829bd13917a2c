#include "client/cli/protection/protection.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/protection/protection_text.h"
#include "client/lib/files.h"
#include "client/lib/protection.h"

namespace alcove::cli {
namespace {

using client::OfficerDesk;
using client::PlannedAction;
using client::Refusal;
using client::Refuse;

struct ProtectionOptions {
  StaffOptions staff;
  std::uint32_t share = client::kSampleShare;
  std::vector<std::string> decide;  // id, verdict
  bool people = false;
  std::vector<std::string> employee;
  std::string save_to;
};

absl::StatusOr<std::string> NameOf(const std::vector<PlannedAction>& actions, std::string prefix) {
  if (!prefix.starts_with("adverseActions/")) prefix = "adverseActions/" + prefix;
  std::string found;
  for (const PlannedAction& action : actions) {
    if (!action.comes_up || !action.facts.name().starts_with(prefix)) continue;
    if (!found.empty()) return Refuse(Refusal::kInputInvalid, "several actions begin like this");
    found = action.facts.name();
  }
  if (found.empty()) return Refuse(Refusal::kInputInvalid, "no action that waits for you begins like this");
  return found;
}

absl::StatusOr<v1::AdverseActionVerdict> VerdictOf(const std::string& word) {
  if (word == "cleared") return v1::ADVERSE_ACTION_VERDICT_CLEARED;
  if (word == "not-cleared") return v1::ADVERSE_ACTION_VERDICT_NOT_CLEARED;
  return Refuse(Refusal::kInputInvalid, "say `cleared` or `not-cleared`");
}

// What HR took back or another officer decided meanwhile needs no verdict any more.
absl::Status Clear(OfficerDesk& desk, const PlannedAction& action) {
  const absl::Status status = desk.Decide(action.facts.name(), v1::ADVERSE_ACTION_VERDICT_CLEARED).status();
  return client::ReasonOf(status) == "ACTION_ENDED" ? absl::OkStatus() : status;
}

absl::Status Review(Frame& frame, const ProtectionOptions& options) {
  if (options.share < client::kLeastSampleShare || options.share > 100)
    return Refuse(Refusal::kInputInvalid, "the share is 10 to 100 percent");
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  OfficerDesk desk(member->desk());
  if (options.people) {
    ALCOVE_CLIENT_ASSIGN(const std::vector<client::ProtectedPerson> people, desk.People());
    frame.terminal().Say("With these names at hand you can tell what brought an action up. Decide as if you could not: what "
                         "differs between your answers is what HR learns.");
    frame.terminal().Print(PeopleText(people));
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const std::vector<PlannedAction> actions, desk.Review(options.share));
  if (!options.decide.empty()) {
    ALCOVE_CLIENT_ASSIGN(const std::string name, NameOf(actions, options.decide[0]));
    ALCOVE_CLIENT_ASSIGN(const v1::AdverseActionVerdict verdict, VerdictOf(options.decide[1]));
    ALCOVE_CLIENT_ASSIGN(const v1::DecideAdverseActionResponse response, desk.Decide(name, verdict));
    if (frame.json()) frame.PrintJson(response);
    else frame.terminal().Print("Decided. HR hears it on the day that was drawn when it was submitted.\n");
    return absl::OkStatus();
  }
  size_t cleared = 0;
  v1::ListAdverseActionsResponse response;
  for (const PlannedAction& action : actions) {
    if (action.comes_up) {
      *response.add_actions() = action.facts;
      continue;
    }
    ALCOVE_CLIENT_TRY(Clear(desk, action));
    ++cleared;
  }
  if (frame.json()) frame.PrintJson(response);
  else frame.terminal().Print(ReviewText(actions, cleared, frame.terminal().width()));
  return absl::OkStatus();
}

absl::Status Timeline(Frame& frame, const ProtectionOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  OfficerDesk desk(member->desk());
  ALCOVE_CLIENT_ASSIGN(const format::Timeline timeline, desk.TimelineOf(options.employee));
  const auto text = format::TimelineText(timeline);
  if (!text.ok()) return text.status();
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.save_to, *text));
  frame.terminal().Say("Saved " + std::to_string(timeline.letters.size()) + (timeline.letters.size() == 1 ? " record" : " records") + " in " +
                       options.save_to + ". Whoever has the file reads them: hand it to the person they are about, or to whom they ask you to. "
                       "`alcove verify` checks it without the service.");
  return absl::OkStatus();
}

absl::Status Alerts(Frame& frame, const ProtectionOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  OfficerDesk desk(member->desk());
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::ProtectionAlert> alerts, desk.Alerts());
  v1::ListAlertsResponse response;
  std::string text;
  for (const v1::ProtectionAlert& alert : alerts) {
    *response.add_alerts() = alert;
    const auto words = desk.WordsOf(alert.action());
    text += AlertText(alert, words ? WhoText(words->identifiers()) : "");
  }
  if (frame.json()) frame.PrintJson(response);
  else frame.terminal().Print(text.empty() ? "Nothing is odd.\n" : text);
  return absl::OkStatus();
}

}  // namespace

void AddProtectionCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("protection", "For protection officers: what is planned against people, and what is odd about it");
  noun->require_subcommand(1);
  const auto options = std::make_shared<ProtectionOptions>();
  CLI::App* review = noun->add_subcommand(
      "review", "Show what you are to look at: plans against people who asked for protection and a share of all others, alike. "
                "The rest is cleared by this");
  AddStaffOptions(*review, options->staff);
  CLI::Option* decide = review->add_option("--decide", options->decide, "Say cleared or not-cleared of one; final")
                            ->expected(2)
                            ->type_name("ID VERDICT");
  review->add_option("--share", options->share, "Percent of the others that come up (default 25); less tells HR more")
      ->type_name("PERCENT");
  review->add_flag("--people", options->people, "Show who asked for protection instead")->excludes(decide);
  review->callback([&frame, options] { frame.End(Review(frame, *options)); });
  CLI::App* timeline = noun->add_subcommand(
      "timeline", "Save when somebody asked for protection and all that was planned against them, with proofs");
  AddStaffOptions(*timeline, options->staff);
  timeline->add_option("--employee", options->employee, "emp: and a staff number, or mail: and an address; give all that you know")
      ->required()
      ->type_name("ID");
  timeline->add_option("--out", options->save_to, "A new file")->required()->type_name("FILE");
  timeline->callback([&frame, options] { frame.End(Timeline(frame, *options)); });
  CLI::App* alerts = noun->add_subcommand("alerts", "What HR repeated or took back, and what is overdue");
  AddStaffOptions(*alerts, options->staff);
  alerts->callback([&frame, options] { frame.End(Alerts(frame, *options)); });
}

}  // namespace alcove::cli
