#include "client/cli/approval/approval.h"

#include <memory>
#include <string>
#include <vector>

#include "client/cli/approval/approval_text.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/approvals.h"
#include "client/lib/casework.h"
#include "crypto/format/approval.h"
#include "crypto/format/ids.h"

namespace alcove::cli {
namespace {

using client::ApprovalDesk;
using client::Refusal;
using client::Refuse;

struct ApprovalOptions {
  StaffOptions staff;
  std::string name;       // of the approval, or of the case that something is asked for
  std::string add_reader;
  std::string lift_wall;
  std::string close;
  std::string identity;
  std::string close_unread;
  std::string delete_for;
  std::string redact;
  std::string shorten;
  std::string false_report;
  std::string lift_hold;
  bool confirm_clock = false;
  std::string until;
  std::string message_file;
};

struct Opened {
  std::unique_ptr<StaffMember> member;
  client::CheckedApproval checked;

  ApprovalDesk desk() { return ApprovalDesk(member->desk()); }
};

// Signed in, and the approval that the options name, checked.
absl::StatusOr<Opened> Open(Frame& frame, const ApprovalOptions& options) {
  Opened opened;
  ALCOVE_CLIENT_ASSIGN(opened.member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, opened.desk().ApprovalOf(options.name));
  ALCOVE_CLIENT_ASSIGN(opened.checked, opened.desk().Get(name));
  return opened;
}

template <class Response>
void Tell(Frame& frame, const Response& response, std::string_view text) {
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(text);
  }
}

absl::Status List(Frame& frame, const ApprovalOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Approval> approvals, ApprovalDesk(member->desk()).List());
  v1::ListApprovalsResponse response;
  for (const v1::Approval& approval : approvals) *response.add_approvals() = approval;
  Tell(frame, response, approvals.empty() ? "You asked for nothing, and nothing waits for your decision.\n" : ApprovalsTable(approvals));
  return absl::OkStatus();
}

absl::Status Show(Frame& frame, const ApprovalOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const Opened opened, Open(frame, options));
  v1::GetApprovalResponse response;
  *response.mutable_approval() = opened.checked.approval;
  Tell(frame, response, ApprovalText(opened.checked, opened.member->directory().directory(), opened.member->keys().slug,
                                     frame.terminal().width()));
  return absl::OkStatus();
}

absl::StatusOr<client::ApprovalWish> WishOf(const ApprovalOptions& options) {
  client::ApprovalWish wish;
  if (options.confirm_clock) {
    if (!options.name.empty()) return Refuse(Refusal::kInputInvalid, "--confirm-clock concerns no case; leave it out");
    wish.kind = format::ApprovalKind::kConfirmClock;
    return wish;
  }
  if (options.name.empty()) return Refuse(Refusal::kInputInvalid, "say which case");
  using enum format::ApprovalKind;
  for (const auto& [kind, code] : {std::pair(kCloseCase, &options.close), std::pair(kCloseUnread, &options.close_unread),
                                   std::pair(kDelete, &options.delete_for), std::pair(kRedact, &options.redact),
                                   std::pair(kFalseReport, &options.false_report), std::pair(kLiftHold, &options.lift_hold),
                                   std::pair(kReleaseIdentity, &options.identity)}) {
    if (code->empty()) continue;
    wish.kind = kind;
    wish.code = *code;
  }
  for (const auto& [kind, person] : {std::pair(kAddReader, &options.add_reader), std::pair(kLiftWall, &options.lift_wall)}) {
    if (person->empty()) continue;
    wish.kind = kind;
    wish.person = *person;
  }
  if (!options.shorten.empty()) wish.kind = kShorten;
  const std::string& until = options.shorten.empty() ? options.until : options.shorten;
  if (wish.person.empty() && wish.code.empty() && until.empty()) {
    return Refuse(Refusal::kInputInvalid, "say what you ask for: --add-reader, --lift-wall, --close, --close-unread, --delete, "
                                          "--redact, --shorten, --false-report, --lift-hold, --identity or --confirm-clock");
  }
  if (!until.empty()) {
    const auto day = format::Day::FromText(until);
    if (!day.ok()) return Refuse(Refusal::kInputInvalid, "`" + until + "` is no day; write YYYY-MM-DD");
    wish.until = *day;
  }
  return wish;
}

// Entries and allegations are named by the beginning of their id: the whole of it is what is asked for.
absl::Status CompleteId(StaffMember& member, const std::string& case_name, client::ApprovalWish& wish) {
  if (!format::CodeIsId(wish.kind) || format::FromText<format::EntryId>(wish.code).ok()) return absl::OkStatus();
  std::string full;
  if (wish.kind == format::ApprovalKind::kFalseReport) {
    ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member.desk().GetCase(case_name));
    ALCOVE_CLIENT_ASSIGN(const v1::Allegation allegation, client::AllegationOf(facts, wish.code));
    full = allegation.name();
  } else {
    ALCOVE_CLIENT_ASSIGN(const client::OpenedCase opened, member.desk().Open(case_name, /*recompute=*/false));
    ALCOVE_CLIENT_ASSIGN(full, client::EntryOf(opened, wish.code));
  }
  wish.code = full.substr(full.rfind('/') + 1);
  return absl::OkStatus();
}

std::string WaitingText(format::ApprovalKind kind) {
  const uint32_t days = format::ApprovalRuleOf(kind).waiting_days;
  if (days == 0) return "";
  return "Then " + std::to_string(days) + " whole days go by, in which you or who approved it can stop it.\n";
}

absl::Status Request(Frame& frame, const ApprovalOptions& options) {
  ALCOVE_CLIENT_ASSIGN(client::ApprovalWish wish, WishOf(options));
  ALCOVE_CLIENT_ASSIGN(const std::string reason, ReadText(frame.terminal(), options.message_file, "Why"));
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  const bool clock = wish.kind == format::ApprovalKind::kConfirmClock;
  std::string name;
  if (!clock) {
    ALCOVE_CLIENT_ASSIGN(name, member->desk().CaseOf(options.name));
    ALCOVE_CLIENT_TRY(CompleteId(*member, name, wish));
  }
  ALCOVE_CLIENT_ASSIGN(const v1::CreateApprovalResponse response,
                       ApprovalDesk(member->desk()).Ask(name, wish, reason, frame.today()));
  if (wish.kind == format::ApprovalKind::kReleaseIdentity) {
    Tell(frame, response, AskedForIdentityText(response, wish.code));
    return absl::OkStatus();
  }
  std::string who;
  for (const v1::Decider& decider : response.deciders()) who += (who.empty() ? "" : ", ") + decider.staff();
  Tell(frame, response, "Asked: approval " + ShortApproval(response.name()) + ". " + std::to_string(response.needed()) +
                            (format::ApprovalRuleOf(wish.kind).waiting_days > 0 ? " of these have to approve it within 7 days, and read why: "
                                                                          : " of these may approve it within 7 days, and read why: ") +
                            who + (clock ? ".\n" : ".\nThe reporter sees that you asked.\n") + WaitingText(wish.kind));
  return absl::OkStatus();
}

absl::Status Decide(Frame& frame, const ApprovalOptions& options, format::Decision decision) {
  ALCOVE_CLIENT_ASSIGN(Opened opened, Open(frame, options));
  ALCOVE_CLIENT_ASSIGN(const v1::DecideApprovalResponse response, opened.desk().Decide(opened.checked, decision, frame.today()));
  if (opened.checked.decisions.terms.kind == format::ApprovalKind::kReleaseIdentity) {
    Tell(frame, response, DecidedOnIdentityText(opened.checked, decision, response.state()));
    return absl::OkStatus();
  }
  Tell(frame, response,
       decision == format::Decision::kRefuse ? "Refused. The request is at its end.\n"
       : response.state() == v1::APPROVAL_STATE_APPROVED
           ? (format::ApprovalRuleOf(opened.checked.decisions.terms.kind).waiting_days > 0
                  ? "Approved. It can be carried out from " +
                        format::FirstDayOf(opened.checked.decisions.terms.kind, frame.today()).Text() +
                        " on; until then `alcove approval cancel` takes it back. The reporter sees it.\n"
              : opened.checked.decisions.terms.kind == format::ApprovalKind::kConfirmClock
                  ? "Approved. Whoever asked can carry it out now.\n"
                  : "Approved. Whoever asked can carry it out now; the reporter sees by whom it was approved.\n")
           : "Approved. Others have to approve it too.\n");
  return absl::OkStatus();
}

absl::Status Cancel(Frame& frame, const ApprovalOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Opened opened, Open(frame, options));
  ALCOVE_CLIENT_ASSIGN(const v1::CancelApprovalResponse response, opened.desk().Cancel(opened.checked.approval));
  Tell(frame, response,
       opened.checked.decisions.requester == opened.member->keys().slug ? "Withdrawn.\n"
                                                                       : "Taken back. The request is at its end.\n");
  return absl::OkStatus();
}

std::string DoneText(const format::ApprovalTerms& terms) {
  switch (terms.kind) {
    case format::ApprovalKind::kAddReader:
      return "Done. " + terms.person + " can read the case now. The reporter sees it, and who approved.\n";
    case format::ApprovalKind::kLiftWall:
      return "Done. Lines of the chart that ended keep " + terms.person + " out no longer. The reporter sees it.\n";
    case format::ApprovalKind::kCloseCase:
      return "Done. The case is closed. The reporter sees it, who approved, and can still write.\n";
    case format::ApprovalKind::kDelete:
      return "Done. Nobody reads the case any more, and the next batch makes it unreadable for good. The reporter sees why.\n";
    case format::ApprovalKind::kRedact:
      return "Done. Nobody reads the entry any more, and the next batch makes it unreadable for good. The reporter sees it.\n";
    case format::ApprovalKind::kCloseUnread:
      return "Done. The case is closed though not everything was read. The reporter sees it, and can still write.\n";
    case format::ApprovalKind::kShorten:
      return "Done. The case is kept until " + terms.until.Text() + ", unless the reporter writes. They see the day.\n";
    case format::ApprovalKind::kFalseReport:
      return "Done. `alcove case allegation --finding knowingly_false` takes it within a week.\n";
    case format::ApprovalKind::kLiftHold:
      return "Done. The hold stands no longer. Nothing goes for 30 days.\n";
    case format::ApprovalKind::kConfirmClock:
      return "Done. The clock is confirmed, and what waited for it goes on.\n";
    default: return "Done.\n";
  }
}

absl::Status Execute(Frame& frame, const ApprovalOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Opened opened, Open(frame, options));
  if (opened.checked.decisions.terms.kind == format::ApprovalKind::kReleaseIdentity) {
    ALCOVE_CLIENT_ASSIGN(const sealed::v1::Identity who, opened.desk().Release(opened.checked));
    Tell(frame, who, IdentityText(who));
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const v1::ExecuteApprovalResponse response, opened.desk().Execute(opened.checked));
  Tell(frame, response, DoneText(opened.checked.decisions.terms));
  return absl::OkStatus();
}

using Verb = absl::Status (*)(Frame&, const ApprovalOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const std::shared_ptr<ApprovalOptions>& options, const char* name,
                  const char* help, Verb verb, const char* names = nullptr) {
  CLI::App* command = noun.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  if (names != nullptr) command->add_option(names, options->name, "The beginning of its id is enough")->required();
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddApprovalCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("approval", "Ask for, decide and carry out what takes more than one person");
  noun->require_subcommand(1);
  const auto options = std::make_shared<ApprovalOptions>();
  AddVerb(*noun, frame, options, "list", "List what you asked for and what waits for your decision", List);
  AddVerb(*noun, frame, options, "show", "Show one, with why it is asked for, every signature checked", Show, "approval");
  CLI::App* request = AddVerb(*noun, frame, options, "request", "Ask that somebody joins your case, is no longer kept out by an error, that the case ends, that something goes for good, that a hold is lifted, that you learn who the reporter is, or that the clock is right", Request);
  request->add_option("case", options->name, "The beginning of its id is enough; none for --confirm-clock");
  CLI::Option* add = request->add_option("--add-reader", options->add_reader, "Who should read the case")->type_name("SLUG");
  CLI::Option* lift = request->add_option("--lift-wall", options->lift_wall, "Whom ended lines of the chart keep out by error")->type_name("SLUG");
  CLI::Option* close = request->add_option("--close", options->close, "End the case, for this reason: finding_made, resolved_informally, withdrawn, ...")->type_name("REASON");
  CLI::Option* unread = request->add_option("--close-unread", options->close_unread, "End the case though something of the reporter's is unread, for this reason")->type_name("REASON");
  CLI::Option* destroy = request->add_option("--delete", options->delete_for, "Delete the whole case for good: asked_by_reporter, filed_by_mistake, not_a_report, ...")->type_name("REASON");
  CLI::Option* redact = request->add_option("--redact", options->redact, "Take away one entry for good: the beginning of its id")->type_name("ENTRY");
  CLI::Option* shorten = request->add_option("--shorten", options->shorten, "Keep the closed case until an earlier day, YYYY-MM-DD")->type_name("DAY");
  CLI::Option* untrue = request->add_option("--false-report", options->false_report, "Find one allegation knowingly false: the beginning of its id")->type_name("ALLEGATION");
  CLI::Option* unhold = request->add_option("--lift-hold", options->lift_hold, "Lift the legal hold that was placed for this reason")->type_name("REASON");
  CLI::Option* identity = request->add_option("--identity", options->identity, "Learn who the reporter is, on this basis: consent asks them; court_order, statutory_duty, imminent_danger tell them first")->type_name("BASIS");
  const std::vector<CLI::Option*> wishes = {add, lift, close, unread, destroy, redact, shorten, untrue, unhold, identity};
  for (std::size_t i = 0; i < wishes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) wishes[i]->excludes(wishes[j]);
  CLI::Option* clock = request->add_flag("--confirm-clock", options->confirm_clock, "The server's clock leapt and is right; an auditor decides");
  for (CLI::Option* wish : wishes) clock->excludes(wish);
  request->add_option("--until", options->until, "A guest's last day, YYYY-MM-DD: outside counsel")->needs(add);
  request->add_option("--message", options->message_file, "Read the reason from this file; - is standard input")->type_name("FILE");
  AddVerb(*noun, frame, options, "approve", "Say yes; final, and signed by you. A custodian gives their share with it",
          [](Frame& f, const ApprovalOptions& o) { return Decide(f, o, format::Decision::kApprove); }, "approval");
  AddVerb(*noun, frame, options, "refuse", "Say no; final, and signed by you",
          [](Frame& f, const ApprovalOptions& o) { return Decide(f, o, format::Decision::kRefuse); }, "approval");
  AddVerb(*noun, frame, options, "cancel", "Withdraw what you asked for, or take back what you approved while its days go by", Cancel, "approval");
  AddVerb(*noun, frame, options, "execute", "Carry out what was approved; the reporter sees it", Execute, "approval");
}

}  // namespace alcove::cli
