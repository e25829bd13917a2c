#include "client/cli/hr/action.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/protection.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct ActionOptions {
  StaffOptions staff;
  std::string name;
  std::vector<std::string> employee;
  std::string kind;
  std::string effective;
  std::string message_file;
};

std::string FullName(const std::string& name) {
  return name.starts_with("adverseActions/") ? name : "adverseActions/" + name;
}

absl::Status Submit(Frame& frame, const ActionOptions& options) {
  const auto day = format::Day::FromText(options.effective);
  if (!day.ok()) return Refuse(Refusal::kInputInvalid, "`" + options.effective + "` is no day; write YYYY-MM-DD");
  ALCOVE_CLIENT_ASSIGN(const std::string reason, ReadText(frame.terminal(), options.message_file, "HR's reason"));
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const client::SubmittedAction submitted,
                       client::SubmitAction(account->connection(), account->session(), account->directory(),
                                            {.identifiers = options.employee, .kind = options.kind, .effective = *day, .reason = reason},
                                            frame.random()));
  v1::SubmitAdverseActionResponse response;
  response.set_name(submitted.name);
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  frame.terminal().Print(submitted.name + "\n");
  frame.terminal().Say(
      submitted.submitted
          ? "Submitted. Nothing may be done before the answer: ask with `alcove hr action show` from the third day on. Every "
            "plan is answered some days later, in the same words."
          : "Another action about this employee is pending under this name, so this one was not taken. The protection officers "
            "see that it was submitted. Wait for the answer, or cancel that one first.");
  return absl::OkStatus();
}

absl::Status Show(Frame& frame, const ActionOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  v1::GetAdverseActionRequest request;
  request.set_name(FullName(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::GetAdverseActionResponse response,
                       account->connection().CallAgain(&v1::HrService::Stub::GetAdverseAction, request, &account->session()));
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  switch (response.state()) {
    case v1::ADVERSE_ACTION_STATE_CLEARED: frame.terminal().Print("CLEARED\n"); break;
    case v1::ADVERSE_ACTION_STATE_NOT_CLEARED: frame.terminal().Print("NOT_CLEARED\n"); break;
    case v1::ADVERSE_ACTION_STATE_CANCELLED: frame.terminal().Print("CANCELLED\n"); break;
    default: frame.terminal().Print("PENDING\n"); break;
  }
  return absl::OkStatus();
}

absl::Status Cancel(Frame& frame, const ActionOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  v1::CancelAdverseActionRequest request;
  request.set_request_id(client::DrawRequestId(frame.random()));
  request.set_name(FullName(options.name));
  ALCOVE_CLIENT_ASSIGN(
      const v1::CancelAdverseActionResponse response,
      account->connection().CallAgain(&v1::HrService::Stub::CancelAdverseAction, request, &account->session()));
  if (frame.json()) frame.PrintJson(response);
  else frame.terminal().Print("Cancelled. The protection officers see that.\n");
  return absl::OkStatus();
}

using Verb = absl::Status (*)(Frame&, const ActionOptions&);

CLI::App* AddVerb(CLI::App& action, Frame& frame, const char* name, const char* help, Verb verb,
                  const std::shared_ptr<ActionOptions>& options) {
  CLI::App* command = action.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddActionCommands(CLI::App& hr, Frame& frame) {
  CLI::App* action = hr.add_subcommand("action", "Ask whether something planned against an employee may be done");
  action->require_subcommand(1);
  const auto options = std::make_shared<ActionOptions>();
  CLI::App* submit = AddVerb(*action, frame, "submit", "Submit every plan, before anything is done", Submit, options);
  submit->add_option("--employee", options->employee,
                     "emp: and a staff number, or mail: and an address; give all that you know")
      ->required()
      ->type_name("ID");
  submit->add_option("--kind", options->kind, "A code of the taxonomy's adverse_action: dismissal, demotion, pay_cut, ...")
      ->required()
      ->type_name("CODE");
  submit->add_option("--effective", options->effective, "When it is to be done")->required()->type_name("YYYY-MM-DD");
  submit->add_option("--message", options->message_file, "Read the reason from this file; - is standard input")->type_name("FILE");
  AddVerb(*action, frame, "show", "PENDING, CLEARED, NOT_CLEARED or CANCELLED", Show, options)
      ->add_option("action", options->name, "As `submit` printed it")
      ->required();
  AddVerb(*action, frame, "cancel", "Take it back while it is pending; the protection officers see that", Cancel, options)
      ->add_option("action", options->name, "As `submit` printed it")
      ->required();
}

}  // namespace alcove::cli
