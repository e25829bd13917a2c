#include "client/cli/case/records.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/case/message_text.h"
#include "client/cli/case/opened_case.h"
#include "client/cli/frame/table.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/custody.h"
#include "client/lib/summary.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;
using format::EntryKind;
using format::Keyring;

struct RecordOptions {
  StaffOptions staff;
  std::string name;
  std::string text_file;
  // assess
  std::string point;
  std::string risk;
  std::vector<std::string> people;
  std::vector<std::string> expected;
  // custody
  std::string evidence, holder, from, place, condition, since;
  // interview
  std::string person, by, day;
  bool read_back = false;
  // notice
  bool to_subject = false;
  // summary
  bool served = false, despite_corrections = false;
};

struct PointOfTime {
  std::string_view code;
  EntryKind kind;
};
constexpr std::array kPointsOfTime = {
    PointOfTime{"intake", EntryKind::kAssessmentAtIntake},
    PointOfTime{"decision_to_investigate", EntryKind::kAssessmentBeforeInvestigation},
    PointOfTime{"during_investigation", EntryKind::kAssessmentDuringInvestigation},
    PointOfTime{"outcome", EntryKind::kAssessmentAtOutcome},
    PointOfTime{"after_closing", EntryKind::kAssessmentAfterClosing},
};

google::type::Date DateOf(format::Day day) {
  google::type::Date date;
  date.set_year(day.year());
  date.set_month(day.month());
  date.set_day(day.day_of_month());
  return date;
}

absl::StatusOr<google::type::Date> DayOf(Frame& frame, const std::string& text) {
  if (text.empty()) return DateOf(frame.today());
  const auto day = format::Day::FromText(text);
  if (!day.ok()) return Refuse(Refusal::kInputInvalid, "`" + text + "` is no day; write YYYY-MM-DD");
  if (day->number() > frame.today().number()) return Refuse(Refusal::kInputInvalid, "`" + text + "` has not come yet");
  return DateOf(*day);
}

// What the options do not say is asked for.
absl::StatusOr<std::string> Given(Frame& frame, const std::string& option, std::string_view question) {
  if (!option.empty()) return option;
  ALCOVE_CLIENT_ASSIGN(std::string text, frame.terminal().Ask(std::string(question) + " "));
  if (text.empty()) return Refuse(Refusal::kCancelled, "nothing was written");
  return text;
}

absl::Status Write(Frame& frame, Opened& done, Keyring keyring, EntryKind kind, const sealed::v1::Message& message,
                   std::string_view kept) {
  ALCOVE_CLIENT_ASSIGN(const v1::AppendEntryResponse response,
                       done.member->desk().Append(done.opened, keyring, kind, message, {}, frame.today()));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(kept);
  }
  return absl::OkStatus();
}

absl::Status Assess(Frame& frame, const RecordOptions& options) {
  std::optional<EntryKind> kind;
  for (const PointOfTime& point : kPointsOfTime) {
    if (point.code == options.point) kind = point.kind;
  }
  if (!kind) {
    return Refuse(Refusal::kInputInvalid, "`" + options.point + "` is no point: intake, decision_to_investigate, "
                                          "during_investigation, outcome, after_closing");
  }
  sealed::v1::Message message;
  sealed::v1::Assessment& assessment = *message.mutable_assessment();
  ALCOVE_CLIENT_ASSIGN(const std::string risk, Given(frame, options.risk, "How likely and how bad: low, medium or high?"));
  assessment.set_risk(risk == "low"      ? sealed::v1::RISK_LOW
                      : risk == "medium" ? sealed::v1::RISK_MEDIUM
                      : risk == "high"   ? sealed::v1::RISK_HIGH
                                         : sealed::v1::RISK_UNSPECIFIED);
  if (assessment.risk() == sealed::v1::RISK_UNSPECIFIED) {
    return Refuse(Refusal::kInputInvalid, "`" + risk + "` is no risk: low, medium or high");
  }
  for (const std::string& person : options.people) assessment.add_people(person);
  if (options.people.empty()) assessment.add_people("the reporter");
  for (const std::string& code : options.expected) assessment.add_adverse_actions(code);
  ALCOVE_CLIENT_ASSIGN(*message.mutable_text(),
                       ReadText(frame.terminal(), options.text_file, "What may happen to them, and what is done against it"));
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  return Write(frame, done, Keyring::kTeam, *kind, message,
               "Assessed. The case may now pass this point. The reporter does not see what you wrote.\n");
}

absl::Status Custody(Frame& frame, const RecordOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  const client::Trails trails = client::TrailsOf(done.opened.thread, done.opened.team);
  if (options.evidence.empty()) {
    const std::string text = CustodyText(trails, frame.terminal().width());
    frame.terminal().Print(text.empty() ? "This case has no evidence.\n" : text);
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const client::EvidenceTrail* trail, client::TrailOf(trails, options.evidence));
  ALCOVE_CLIENT_ASSIGN(const std::string holder, Given(frame, options.holder, "Who has it from now on?"));
  std::string from = options.from;
  if (from.empty() && trail->steps.empty()) {
    ALCOVE_CLIENT_ASSIGN(from, Given(frame, "", "From whom, or where, does it come?"));
  }
  ALCOVE_CLIENT_ASSIGN(const std::string place, Given(frame, options.place, "Where is it kept?"));
  ALCOVE_CLIENT_ASSIGN(const std::string condition, Given(frame, options.condition, "What state is it in?"));
  ALCOVE_CLIENT_ASSIGN(const google::type::Date since, DayOf(frame, options.since));
  return Write(frame, done, Keyring::kTeam, EntryKind::kCustody,
               client::NextStep(*trail, holder, from, place, condition, since),
               "Written down. `alcove case custody` shows the whole chain.\n");
}

absl::Status Interview(Frame& frame, const RecordOptions& options) {
  sealed::v1::Message message;
  sealed::v1::Interview& interview = *message.mutable_interview();
  ALCOVE_CLIENT_ASSIGN(*interview.mutable_person(), Given(frame, options.person, "Who was heard (`witness 2`)?"));
  ALCOVE_CLIENT_ASSIGN(*interview.mutable_day(), DayOf(frame, options.day));
  interview.set_read_back(options.read_back);
  ALCOVE_CLIENT_ASSIGN(*message.mutable_text(), ReadText(frame.terminal(), options.text_file, "What was said"));
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  interview.set_by(options.by.empty() ? done.member->keys().slug : options.by);
  return Write(frame, done, Keyring::kTeam, EntryKind::kInterview, message,
               options.read_back ? "Kept with the team, as read back to the person.\n"
                                 : "Kept with the team. Read it back to the person, and write that down: --read-back.\n");
}

absl::Status Notice(Frame& frame, const RecordOptions& options) {
  sealed::v1::Message message;
  ALCOVE_CLIENT_ASSIGN(*message.mutable_text(),
                       ReadText(frame.terminal(), options.text_file,
                                options.to_subject ? "What the other side was told, when and by whom"
                                                   : "What was decided, why, and where else the reporter can turn"));
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  if (options.to_subject) {
    return Write(frame, done, Keyring::kTeam, EntryKind::kOutcomeNotice, message,
                 "Written down for the team. The reporter does not see it.\n");
  }
  return Write(frame, done, Keyring::kThread, EntryKind::kOutcomeNotice, message,
               "Sent. The reporter reads what was decided when they return.\n");
}

std::string ReleasedText(const std::map<std::string, std::string>& released, size_t width) {
  if (released.empty()) {
    return "The reporter has released nothing for a summary yet. Ask them: `alcove report release` on their side.\n";
  }
  std::string text = "Released for a summary, and nothing else:\n";
  for (const auto& [question, answer] : released) {
    text += "  " + Harmless(question) + "\n" + Wrapped(Harmless(answer), width, 4) + "\n";
  }
  return text;
}

// What may be used, and where the newest summary stands.
std::string SummaryText(const client::OpenedCase& opened, const std::optional<client::ShownSummary>& newest, size_t width) {
  std::string text = ReleasedText(client::ReleasedBefore(opened.thread, static_cast<uint32_t>(opened.thread.size())), width);
  if (!newest) return text + "There is no summary yet.\n";
  text += "\nThe newest summary, shown since " + newest->shown.Text() + "\n";
  for (size_t i = 0; i < newest->allegations.size(); ++i) {
    text += "  " + std::to_string(i + 1) + "\n";
    for (const client::ShownPart& part : newest->allegations[i]) {
      text += Wrapped(Harmless(part.question) + ": " + Harmless(part.text), width, 4) + "\n";
    }
  }
  text += !newest->answer              ? "The reporter has not answered it yet.\n"
          : newest->answer->accepted() ? "The reporter accepted it. `--served` says that it was handed over.\n"
                                       : "The reporter corrects it:\n" + Wrapped(Harmless(newest->corrections), width, 2) + "\n";
  return text;
}

absl::Status Serve(Frame& frame, const RecordOptions& options, Opened& done,
                   const std::optional<client::ShownSummary>& newest) {
  if (!newest) return Refuse(Refusal::kInputInvalid, "there is no summary to hand over");
  if (!newest->faithful) {
    return Refuse(Refusal::kSummaryInvalid, "it has words that are not the reporter's");
  }
  if (newest->answer && !newest->answer->accepted() && !options.despite_corrections) {
    return Refuse(Refusal::kInputInvalid,
                  "the reporter corrected this summary: make a new one, or say --despite-corrections and why in --file");
  }
  sealed::v1::Message message;
  message.mutable_summary_served()->set_summary(newest->hash.str());
  ALCOVE_CLIENT_ASSIGN(*message.mutable_summary_served()->mutable_day(), DayOf(frame, options.day));
  ALCOVE_CLIENT_ASSIGN(*message.mutable_text(),
                       ReadText(frame.terminal(), options.text_file, "To whom it was handed over, how and by whom"));
  return Write(frame, done, Keyring::kTeam, EntryKind::kSummaryServed, message,
               "Written down. The reporter sees that this summary was handed over, and not what you wrote about it.\n");
}

absl::Status Summary(Frame& frame, const RecordOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  ALCOVE_CLIENT_ASSIGN(const auto newest, client::NewestSummary(done.opened.thread));
  if (options.served) return Serve(frame, options, done, newest);
  if (options.text_file.empty()) {
    frame.terminal().Print(SummaryText(done.opened, newest, frame.terminal().width()));
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const std::string text, ReadText(frame.terminal(), options.text_file, "The summary"));
  sealed::v1::Message message;
  ALCOVE_CLIENT_ASSIGN(
      *message.mutable_summary(),
      client::ParseSummary(text, client::ReleasedBefore(done.opened.thread, static_cast<uint32_t>(done.opened.thread.size()))));
  return Write(frame, done, Keyring::kThread, EntryKind::kSummary, message,
               "Shown to the reporter, as a difference against their own words. It can be handed over once they have answered, or "
               "after 7 whole days.\n");
}

using Verb = absl::Status (*)(Frame&, const RecordOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const std::shared_ptr<RecordOptions>& options, const char* name,
                  const char* help, Verb verb) {
  CLI::App* command = noun.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  command->add_option("case", options->name, "The case: the beginning of its id is enough")->required();
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

void AddText(CLI::App& command, RecordOptions& options, const char* help) {
  command.add_option("--file,--message", options.text_file, help)->type_name("FILE");
}

}  // namespace

void AddRecords(CLI::App& noun, Frame& frame) {
  const auto make = [] { return std::make_shared<RecordOptions>(); };
  auto options = make();
  CLI::App* command = AddVerb(noun, frame, options, "assess", "Write down what may happen to those who spoke up", Assess);
  command->add_option("point", options->point, "intake, decision_to_investigate, during_investigation, outcome, after_closing")->required();
  command->add_option("--risk", options->risk, "low, medium or high")->type_name("RISK");
  command->add_option("--person", options->people, "Whom it may happen to (default: the reporter); may be given several times")->type_name("WORDS");
  command->add_option("--expected", options->expected, "What is expected, a code such as negative_review; may be given several times")->type_name("CODE");
  AddText(*command, *options, "Read the text from this file; - is standard input");

  options = make();
  command = AddVerb(noun, frame, options, "custody", "Who has a piece of evidence: show the chain, or add a step", Custody);
  command->add_option("evidence", options->evidence, "The entry of the evidence, for a new step: the beginning of its id is enough");
  command->add_option("--holder", options->holder, "Who has it from now on")->type_name("WHO");
  command->add_option("--from", options->from, "Who had it before (default: whoever had it last)")->type_name("WHO");
  command->add_option("--place", options->place, "Where it is kept")->type_name("WORDS");
  command->add_option("--condition", options->condition, "What state it is in")->type_name("WORDS");
  command->add_option("--since", options->since, "Since when (default: today)")->type_name("YYYY-MM-DD");

  options = make();
  command = AddVerb(noun, frame, options, "interview", "Write down what somebody said; for the team", Interview);
  command->add_option("--person", options->person, "Who was heard, in words that name nobody: `witness 2`")->type_name("WORDS");
  command->add_option("--day", options->day, "When (default: today)")->type_name("YYYY-MM-DD");
  command->add_option("--by", options->by, "Who asked (default: you)")->type_name("WHO");
  command->add_flag("--read-back", options->read_back, "The record was read back to the person");
  AddText(*command, *options, "Read what was said from this file; - is standard input");

  options = make();
  command = AddVerb(noun, frame, options, "notice", "Tell the reporter what was decided and where else they can turn", Notice);
  command->add_flag("--to-subject", options->to_subject, "Write down what the other side was told; for the team");
  AddText(*command, *options, "Read the text from this file; - is standard input");

  options = make();
  command = AddVerb(noun, frame, options, "summary",
                    "The allegations as the accused is to hear them: show what was released, make one, or say that it was served", Summary);
  AddText(*command, *options,
          "A new summary: `# ...` begins an allegation, `question: words` is a part of it, without words the whole answer. With "
          "--served: how it was handed over");
  command->add_flag("--served", options->served, "The newest summary was handed over to the accused");
  command->add_option("--day", options->day, "With --served: when (default: today)")->type_name("YYYY-MM-DD");
  command->add_flag("--despite-corrections", options->despite_corrections, "Serve it although the reporter corrected it");
}

}  // namespace alcove::cli
