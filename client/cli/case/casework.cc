#include "client/cli/case/casework.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/case/case_text.h"
#include "client/cli/case/casework_text.h"
#include "client/cli/case/opened_case.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/casework.h"
#include "client/lib/documents.h"
#include "client/lib/orders.h"
#include "client/lib/plan.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct MattersOptions {
  StaffOptions staff;
  std::string name;
  std::string add;
  std::string of;
  std::string message_file;
  std::vector<std::string> people;

  std::string finding;
  std::vector<std::string> evidence;

  std::string state;
  std::string owner;
  std::string due;
  std::string allegation;
  std::string why_file;
  bool agreed = false;
  bool kinds = false;

  std::string order;  // reason code
  std::vector<std::string> order_for;
  std::string from;
  std::string until;
  std::string instruction_file;
};

void AddPeople(const std::vector<std::string>& texts, google::protobuf::RepeatedPtrField<sealed::v1::Person>* people) {
  for (const std::string& text : texts) {
    const client::NamedPerson named = client::ParsePerson(text);
    sealed::v1::Person* person = people->Add();
    if (named.identifier) person->set_identifier(named.identifier->text());
    person->set_name(named.name);
  }
}

absl::StatusOr<google::type::Date> DayOf(const std::string& text) {
  const absl::StatusOr<format::Day> day = format::Day::FromText(text);
  if (!day.ok()) return Refuse(Refusal::kInputInvalid, "`" + text + "` is no day; write it like 2026-11-30");
  google::type::Date date;
  date.set_year(day->year());
  date.set_month(day->month());
  date.set_day(day->day_of_month());
  return date;
}

// The case as the server shows it, and nothing opened.
struct Shown {
  std::unique_ptr<StaffMember> member;
  v1::Case facts;
};
absl::StatusOr<Shown> ShowCase(Frame& frame, const MattersOptions& options) {
  Shown shown;
  ALCOVE_CLIENT_ASSIGN(shown.member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, shown.member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(shown.facts, shown.member->desk().GetCase(name));
  return shown;
}

absl::Status Answer(Frame& frame, const google::protobuf::Message& response, const std::string& text) {
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(text);
  }
  return absl::OkStatus();
}

absl::Status AddAllegation(Frame& frame, const MattersOptions& options) {
  ALCOVE_CLIENT_ASSIGN(std::string text, ReadText(frame.terminal(), options.message_file, "What is alleged"));
  ALCOVE_CLIENT_ASSIGN(const Opened done, OpenCase(frame, options.staff, options.name));
  sealed::v1::Allegation words;
  words.set_category(options.add);
  words.set_text(std::move(text));
  AddPeople(options.people, words.mutable_subjects());
  ALCOVE_CLIENT_ASSIGN(const v1::CreateAllegationResponse response,
                       done.member->desk().CreateAllegation(done.opened, std::move(words), frame.today()));
  return Answer(frame, response,
                "Allegation " + ShortId(response.name()) + " stands with the team. The reporter does not see it.\n");
}

absl::Status Find(Frame& frame, const MattersOptions& options) {
  if (options.of.empty()) return Refuse(Refusal::kInputInvalid, "say of which allegation: --of");
  ALCOVE_CLIENT_ASSIGN(std::string text, ReadText(frame.terminal(), options.message_file, "Why"));
  ALCOVE_CLIENT_ASSIGN(const Opened done, OpenCase(frame, options.staff, options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::Allegation allegation, client::AllegationOf(done.opened.facts, options.of));
  sealed::v1::Finding words;
  words.set_finding(options.finding);
  words.set_text(std::move(text));
  for (const std::string& prefix : options.evidence) {
    ALCOVE_CLIENT_ASSIGN(std::string entry, client::EntryOf(done.opened, prefix));
    words.add_evidence(std::move(entry));
  }
  ALCOVE_CLIENT_ASSIGN(const v1::SetFindingResponse response,
                       done.member->desk().SetFinding(done.opened, allegation, std::move(words), frame.today()));
  return Answer(frame, response, "Allegation " + ShortId(allegation.name()) + ": " + options.finding + ".\n");
}

absl::Status AllegationVerb(Frame& frame, const MattersOptions& options) {
  if (!options.add.empty() && !options.finding.empty()) {
    return Refuse(Refusal::kInputInvalid, "--add and --finding are two steps");
  }
  if (!options.add.empty()) return AddAllegation(frame, options);
  if (!options.finding.empty()) return Find(frame, options);
  ALCOVE_CLIENT_ASSIGN(const Shown shown, ShowCase(frame, options));
  v1::Case listed;
  listed.set_name(shown.facts.name());
  *listed.mutable_allegations() = shown.facts.allegations();
  return Answer(frame, listed, listed.allegations().empty() ? "Nothing is alleged yet.\n" : AllegationTable(listed));
}

// What HR is told: of the people whom the measure concerns those who have an identifier, or those named for it.
absl::Status AddOrder(Frame& frame, StaffMember& member, const MattersOptions& options, sealed::v1::Measure& words) {
  sealed::v1::MeasureOrder& told = *words.mutable_told();
  ALCOVE_CLIENT_ASSIGN(const client::Intake intake, client::FetchIntake(member.connection(), member.directory(), ""));
  ALCOVE_CLIENT_ASSIGN(*told.mutable_kind(), client::OrderKindOf(intake, options.add));
  told.set_reason(options.order);
  const auto reasons = intake.taxonomy.find("order.reason");
  const auto known = [&](const client::Choice& choice) { return choice.code == options.order; };
  if (reasons == intake.taxonomy.end() || std::none_of(reasons->second.begin(), reasons->second.end(), known))
    return Refuse(Refusal::kInputInvalid, "`" + options.order + "` is no reason of the policy's list order.reason: organisational, "
                                          "operational, health_and_safety, contractual, review");
  for (const std::string& text : options.order_for.empty() ? options.people : options.order_for) {
    const client::NamedPerson named = client::ParsePerson(text);
    if (named.identifier) told.add_people()->add_identifiers(named.identifier->text());
    else if (!options.order_for.empty())
      return Refuse(Refusal::kInputInvalid, "HR needs emp: and a number, or mail: and an address");
  }
  ALCOVE_CLIENT_ASSIGN(*told.mutable_start(), DayOf(options.from.empty() ? options.due : options.from));
  if (!options.until.empty()) {
    ALCOVE_CLIENT_ASSIGN(*told.mutable_end(), DayOf(options.until));
  }
  if (options.instruction_file.empty()) return absl::OkStatus();
  frame.terminal().Say("HR reads this. Say what is to be done, and nothing of why, of a complaint or of a case.");
  ALCOVE_CLIENT_ASSIGN(*told.mutable_instruction(), ReadText(frame.terminal(), options.instruction_file, "What exactly"));
  return absl::OkStatus();
}

absl::Status AddMeasure(Frame& frame, const MattersOptions& options) {
  if (options.due.empty()) return Refuse(Refusal::kInputInvalid, "say the last day: --due 2026-11-30");
  sealed::v1::Measure words;
  words.set_kind(options.add);
  ALCOVE_CLIENT_ASSIGN(*words.mutable_due(), DayOf(options.due));
  ALCOVE_CLIENT_ASSIGN(*words.mutable_text(), ReadText(frame.terminal(), options.message_file, "What is to be done"));
  if (!options.why_file.empty()) {
    ALCOVE_CLIENT_ASSIGN(*words.mutable_reason(), ReadText(frame.terminal(), options.why_file, "Why"));
  }
  words.set_harmed_person_agreed(options.agreed);
  AddPeople(options.people, words.mutable_people());
  ALCOVE_CLIENT_ASSIGN(const Opened done, OpenCase(frame, options.staff, options.name));
  if (!options.allegation.empty()) {
    ALCOVE_CLIENT_ASSIGN(const v1::Allegation allegation, client::AllegationOf(done.opened.facts, options.allegation));
    words.set_allegation(allegation.name());
  }
  if (!options.order.empty()) ALCOVE_CLIENT_TRY(AddOrder(frame, *done.member, options, words));
  const std::string owner = options.owner.empty() ? done.member->keys().slug : options.owner;
  ALCOVE_CLIENT_ASSIGN(const v1::CreateMeasureResponse response,
                       done.member->desk().CreateMeasure(done.opened, std::move(words), owner, frame.today()));
  std::string text = "Measure " + ShortId(response.name()) + ": " + MeasureKindText(options.add) + ", " + owner +
                     " sees to it by " + options.due + ".\n";
  if (!options.order.empty())
    text += "HR sees the order in one to three days, with nothing of the case. What it answers shows here and among your tasks.\n";
  return Answer(frame, response, text);
}

absl::Status StepMeasure(Frame& frame, const MattersOptions& options) {
  if (options.of.empty()) return Refuse(Refusal::kInputInvalid, "say of which measure: --of");
  const auto state = MeasureStateOf(options.state);
  if (!state) return Refuse(Refusal::kInputInvalid, "`" + options.state + "` is none of planned, running, done, cancelled");
  v1::ChangeMeasureStateResponse response;
  v1::Measure measure;
  if (options.message_file.empty()) {
    ALCOVE_CLIENT_ASSIGN(const Shown shown, ShowCase(frame, options));
    ALCOVE_CLIENT_ASSIGN(measure, client::MeasureOf(shown.facts, options.of));
    ALCOVE_CLIENT_ASSIGN(response, shown.member->desk().ChangeMeasureState(measure, *state));
  } else {
    sealed::v1::Measure words;
    words.set_state(options.state);
    ALCOVE_CLIENT_ASSIGN(*words.mutable_text(), ReadText(frame.terminal(), options.message_file, "How it went"));
    ALCOVE_CLIENT_ASSIGN(const Opened done, OpenCase(frame, options.staff, options.name));
    ALCOVE_CLIENT_ASSIGN(measure, client::MeasureOf(done.opened.facts, options.of));
    ALCOVE_CLIENT_ASSIGN(response, done.member->desk().ChangeMeasureState(done.opened, measure, *state, std::move(words),
                                                                          frame.today()));
  }
  return Answer(frame, response, "Measure " + ShortId(measure.name()) + ": " + MeasureWord(measure.state()) + " -> " +
                                     options.state + ".\n");
}

absl::Status ListKinds(Frame& frame, const MattersOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const client::Intake intake, client::FetchIntake(member->connection(), member->directory(), ""));
  frame.terminal().Print(KindsText(intake, "en"));
  return absl::OkStatus();
}

absl::Status MeasureVerb(Frame& frame, const MattersOptions& options) {
  if (!options.add.empty() && !options.state.empty()) {
    return Refuse(Refusal::kInputInvalid, "--add and --state are two steps");
  }
  if (options.kinds) return ListKinds(frame, options);
  if (!options.add.empty()) return AddMeasure(frame, options);
  if (!options.state.empty()) return StepMeasure(frame, options);
  ALCOVE_CLIENT_ASSIGN(const Shown shown, ShowCase(frame, options));
  v1::Case listed;
  listed.set_name(shown.facts.name());
  *listed.mutable_measures() = shown.facts.measures();
  return Answer(frame, listed, listed.measures().empty() ? "Nothing has to be done yet.\n" : MeasureTable(listed));
}

CLI::App* AddMatter(CLI::App& noun, Frame& frame, const std::shared_ptr<MattersOptions>& options, const char* name,
                    const char* help, absl::Status (*verb)(Frame&, const MattersOptions&)) {
  CLI::App* command = noun.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  command->add_option("case", options->name, "The case: the beginning of its id is enough")->required();
  command->add_option("--message", options->message_file, "Read the words from this file; - is standard input")
      ->type_name("FILE");
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddCasework(CLI::App& noun, Frame& frame) {
  const auto alleged = std::make_shared<MattersOptions>();
  CLI::App* allegation = AddMatter(noun, frame, alleged, "allegation",
                                   "List what is alleged; add an allegation; say what was found of one", AllegationVerb);
  allegation->add_option("--add", alleged->add, "A new allegation of this category: bullying, retaliation, ...")
      ->type_name("CATEGORY");
  allegation->add_option("--about", alleged->people, "Of whom: a name, emp:4711, mail:a@b.example; several times")
      ->type_name("PERSON");
  allegation->add_option("--finding", alleged->finding, "substantiated, partially_substantiated, unsubstantiated, unfounded, "
                                                        "inconclusive, not_investigated")
      ->type_name("CODE");
  allegation->add_option("--of", alleged->of, "The allegation: the beginning of its id is enough")->type_name("ALLEGATION");
  allegation->add_option("--evidence", alleged->evidence, "An entry that the finding rests on; several times")
      ->type_name("ENTRY");

  const auto ordered = std::make_shared<MattersOptions>();
  CLI::App* measure = AddMatter(noun, frame, ordered, "measure",
                                "List what has to be done; order a measure; say how far one is", MeasureVerb);
  measure->add_flag("--kinds", ordered->kinds, "List the kinds that the organisation has");
  measure->add_option("--add", ordered->add, "A new measure of this kind: interim.no_contact, remedy.apology, ...")
      ->type_name("KIND");
  measure->add_option("--owner", ordered->owner, "Who sees to it; you, unless told otherwise")->type_name("SLUG");
  measure->add_option("--due", ordered->due, "The last day, like 2026-11-30")->type_name("DAY");
  measure->add_option("--for", ordered->people, "For whom, or against whom; several times")->type_name("PERSON");
  measure->add_option("--why", ordered->why_file, "Read the reason from this file")->type_name("FILE");
  measure->add_option("--allegation", ordered->allegation, "The allegation that it follows from")->type_name("ALLEGATION");
  measure->add_flag("--agreed", ordered->agreed, "The person who was harmed agrees to it");
  measure->add_option("--order", ordered->order,
                      "HR carries it out, and is given this reason: organisational, operational, health_and_safety, contractual, "
                      "review")
      ->type_name("REASON");
  measure->add_option("--order-for", ordered->order_for,
                      "Whom HR is told: emp: and a number, mail: and an address; several times. A whole group shields whoever "
                      "of them it is for. Unless given, those of --for")
      ->type_name("ID");
  measure->add_option("--from", ordered->from, "The first day on which HR's order holds; the last day of the measure unless given")
      ->type_name("DAY");
  measure->add_option("--until", ordered->until, "The last day on which it holds; until told otherwise unless given")
      ->type_name("DAY");
  measure->add_option("--instruction", ordered->instruction_file, "What exactly HR is to do, from this file; - is standard input")
      ->type_name("FILE");
  measure->add_option("--state", ordered->state, "running, done or cancelled")->type_name("STATE");
  measure->add_option("--of", ordered->of, "The measure: the beginning of its id is enough")->type_name("MEASURE");
}

}  // namespace alcove::cli
