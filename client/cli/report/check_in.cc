// How has it been since? And, where somebody retaliates, a report of that in the same step.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "client/cli/report/begin.h"
#include "client/cli/report/interview.h"
#include "client/cli/report/words.h"
#include "client/lib/documents.h"
#include "client/lib/files.h"
#include "client/lib/filing.h"
#include "nlohmann/json.hpp"

namespace alcove::cli {
namespace {

using client::Question;
using client::QuestionKind;
using client::Refusal;
using client::Refuse;

// The order in which what can happen is asked about. Codes that the policy has and this list has not come last.
struct Group {
  const char* title;
  std::vector<std::string> codes;
};
const std::vector<Group>& Groups() {
  static const auto& groups = *new std::vector<Group>{
      {"Your job", {"dismissal", "suspension", "demotion", "promotion_withheld", "contract_not_converted",
                    "contract_not_renewed", "discipline"}},
      {"Your work and your pay", {"duties_changed", "workplace_changed", "pay_cut", "hours_changed", "schedule_sabotage",
                                  "training_withheld", "negative_review", "excessive_monitoring", "financial_loss"}},
      {"How you are treated", {"coercion", "intimidation", "harassment", "ostracism", "isolation", "discrimination",
                               "threat_of_any", "immigration_threat", "failure_to_protect", "identity_disclosed",
                               "medical_referral"}},
      {"Outside this work", {"negative_reference", "reputation_harm", "blacklisting", "supply_contract_ended",
                             "licence_cancelled"}}};
  return groups;
}

client::Words English(const std::string& text) { return client::Words({{"en", text}}); }

// The list in the order of the groups; `starts` gets where each begins.
Question AdverseQuestion(const client::Intake& intake, std::vector<std::pair<size_t, std::string>>& starts) {
  Question question;
  question.id = "adverse_actions";
  question.kind = QuestionKind::kChoices;
  std::vector<client::Choice> left;
  if (const auto list = intake.taxonomy.find("adverse_action"); list != intake.taxonomy.end()) left = list->second;
  question.most = left.size();
  for (const Group& group : Groups()) {
    bool begun = false;
    for (const std::string& code : group.codes) {
      const auto found = std::find_if(left.begin(), left.end(), [&](const client::Choice& one) { return one.code == code; });
      if (found == left.end()) continue;
      if (!std::exchange(begun, true)) starts.emplace_back(question.choices.size(), group.title);
      question.choices.push_back(*found);
      left.erase(found);
    }
  }
  if (!left.empty()) starts.emplace_back(question.choices.size(), "Other");
  question.choices.insert(question.choices.end(), left.begin(), left.end());
  return question;
}

// The questions of a check-in, none of them required.
client::Form CheckInForm(const client::Intake& intake, std::vector<std::pair<size_t, std::string>>& starts) {
  client::Form form;
  form.questions.push_back(AdverseQuestion(intake, starts));
  const auto add = [&](const char* id, QuestionKind kind, const char* ask) {
    Question question;
    question.id = id;
    question.kind = kind;
    question.ask = English(ask);
    question.long_text = kind == QuestionKind::kText;
    form.questions.push_back(std::move(question));
  };
  add("words", QuestionKind::kText, "What would you like to say about it, in your own words?");
  add("feels_safe", QuestionKind::kYesNo, "Do you feel safe at work?");
  add("wants_help", QuestionKind::kYesNo, "Would you like somebody to get in touch and help?");
  return form;
}

absl::Status AskAdverse(Terminal& terminal, const Question& question,
                        const std::vector<std::pair<size_t, std::string>>& starts, Answers& answers) {
  terminal.Say("");
  terminal.Say("Has any of this happened since, to you or to people close to you, so that it may have to do with your report?");
  size_t group = 0;
  for (size_t i = 0; i < question.choices.size(); ++i) {
    if (group < starts.size() && starts[group].first == i) terminal.Say(starts[group++].second);
    const std::string number = std::to_string(i + 1);
    terminal.Say("  " + std::string(number.size() < 2 ? " " : "") + number + "  " + question.choices[i].label.In("en"));
  }
  terminal.Say("Type numbers with commas between them, or press Enter if nothing of it has.");
  while (true) {
    ALCOVE_CLIENT_ASSIGN(const std::string line, terminal.Ask("> "));
    if (line == "quit") return Refuse(Refusal::kCancelled, "nothing was sent");
    if (line.empty() || line == "skip") return absl::OkStatus();
    auto answer = ParseAnswer(question, line);
    if (answer.ok()) {
      answers[question.id] = *std::move(answer);
      return absl::OkStatus();
    }
    terminal.Say(Explain(answer.status()));
  }
}

absl::StatusOr<Answers> Ask(Frame& frame, const client::Form& form,
                            const std::vector<std::pair<size_t, std::string>>& starts, const VisitOptions& options) {
  if (!options.text_file.empty()) {
    ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(options.text_file));
    return ReadAnswers(form, text);
  }
  if (!frame.terminal().interactive()) return Refuse(Refusal::kNoTerminal, "the questions need a terminal, or --from FILE");
  frame.terminal().Say("Every question can be skipped. Who reads your report reads this too.");
  Answers answers;
  ALCOVE_CLIENT_TRY(AskAdverse(frame.terminal(), form.questions.front(), starts, answers));
  for (size_t i = 1; i < form.questions.size(); ++i) {
    ALCOVE_CLIENT_ASSIGN(const Said said, AskQuestion(frame.terminal(), form.questions[i], {"en", false}, answers));
    if (said == Said::kSend) break;
    if (said == Said::kBack && i > 1) i -= 2;
  }
  return answers;
}

sealed::v1::Said SaidOf(const Answers& answers, std::string_view question) {
  const std::string code = CodeOf(answers, question);
  return code == "yes" ? sealed::v1::SAID_YES : code == "no" ? sealed::v1::SAID_NO : sealed::v1::SAID_UNSPECIFIED;
}

sealed::v1::CheckIn AnswerOf(const v1::CheckIn& which, const Answers& answers) {
  sealed::v1::CheckIn answer;
  answer.set_since(static_cast<uint32_t>(which.since()));
  answer.set_days(which.days());
  if (const auto found = answers.find("adverse_actions"); found != answers.end()) {
    for (const std::string& code : found->second.codes) answer.add_adverse_actions(code);
  }
  if (const auto found = answers.find("words"); found != answers.end()) answer.set_words(found->second.text);
  answer.set_feels_safe(SaidOf(answers, "feels_safe"));
  answer.set_wants_help(SaidOf(answers, "wants_help"));
  return answer;
}

// The one that was asked for, or the newest that is open. Null when there is none.
const v1::CheckIn* Choose(const v1::GetMailboxResponse& mailbox, const VisitOptions& options) {
  const v1::CheckIn* chosen = nullptr;
  for (const v1::CheckIn& one : mailbox.check_ins()) {
    if (!options.since.empty() && (options.since == "closing") != (one.since() == v1::CHECK_IN_SINCE_CLOSING)) continue;
    if (options.days > 0 && options.days != one.days()) continue;
    if (!one.open() && options.days == 0) continue;
    if (chosen == nullptr || DateText(chosen->due()) <= DateText(one.due())) chosen = &one;
  }
  return chosen;
}

std::vector<client::NamedPerson> Named(const google::protobuf::RepeatedPtrField<sealed::v1::Person>& list) {
  std::vector<client::NamedPerson> people;
  for (const sealed::v1::Person& row : list) {
    client::NamedPerson person;
    if (const auto identifier = format::Identifier::Parse(row.identifier()); identifier.ok()) person.identifier = *identifier;
    person.name = row.name();
    person.relation = row.relation();
    if (person.identifier || !person.name.empty()) people.push_back(std::move(person));
  }
  return people;
}

// What the first report says that holds for a report of retaliation too.
LinkedReport LinkedTo(const sealed::v1::Report& report) {
  LinkedReport linked;
  linked.answers["categories"].codes = {"retaliation"};
  for (const sealed::v1::Answer& answer : report.answers()) {
    for (const char* question : {"site", "language", "jurisdiction"}) {
      if (answer.question() == question && answer.codes_size() > 0) linked.answers[question].codes = {answer.codes(0)};
    }
  }
  if (auto subjects = Named(report.subjects()); !subjects.empty()) linked.answers["subjects"].people = std::move(subjects);
  if (auto keep_out = Named(report.keep_out()); !keep_out.empty()) linked.answers["keep_out"].people = std::move(keep_out);
  for (const std::string& name : report.struck_out()) linked.struck_out.push_back(name.substr(name.find('/') + 1));
  return linked;
}

absl::StatusOr<bool> WantsToReport(Frame& frame, const sealed::v1::CheckIn& answer, const VisitOptions& options) {
  if (!options.retaliation.from.empty()) return true;
  if (!frame.terminal().interactive() || !options.text_file.empty()) return false;
  if (answer.adverse_actions().empty() && answer.feels_safe() != sealed::v1::SAID_NO) return false;
  frame.terminal().Say("");
  frame.terminal().Say("Retaliation for a report is a wrong of its own, whatever becomes of the report. You can report it now, as a "
                       "case that keeps out the same people. You will see who may read it before anything is sent.");
  return AskYesNo(frame.terminal(), "Report it as retaliation?", false);
}

absl::Status NothingDue(Frame& frame, const v1::GetMailboxResponse& mailbox, const VisitOptions& options) {
  if (options.days > 0) return Refuse(Refusal::kInputInvalid, "your case has no such check-in");
  if (frame.json()) {
    frame.PrintJson(nlohmann::json{{"due", false}}.dump());
    return absl::OkStatus();
  }
  std::string next;
  for (const v1::CheckIn& one : mailbox.check_ins()) {
    const std::string due = DateText(one.due());
    if (!one.answered() && !one.open() && due > frame.today().Text() && (next.empty() || due < next)) next = due;
  }
  frame.terminal().Print("Nothing is due. " + (next.empty() ? std::string() : "You are asked next from " + next + " on. ") +
                         "If something has happened, write at any time: `alcove report reply`.\n");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckIn(Frame& frame, const VisitOptions& options) {
  if (!options.retaliation.from.empty() && !frame.terminal().interactive() && !options.retaliation.receipt.elsewhere()) {
    ALCOVE_CLIENT_TRY(CheckReceiptOptions(frame.terminal(), options.retaliation.receipt));
  }
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  const v1::CheckIn* chosen = Choose(visit.mailbox->mailbox(), options);
  if (chosen == nullptr) return NothingDue(frame, visit.mailbox->mailbox(), options);
  const v1::CheckIn which = *chosen;
  ALCOVE_CLIENT_ASSIGN(const client::Intake intake, client::FetchIntake(*visit.connection, visit.directory, ""));
  std::vector<std::pair<size_t, std::string>> starts;
  const client::Form form = CheckInForm(intake, starts);
  frame.terminal().Say("This is the check-in " + CheckInText(static_cast<uint32_t>(which.since()), which.days()) + ".");
  ALCOVE_CLIENT_ASSIGN(const Answers answers, Ask(frame, form, starts, options));
  const sealed::v1::CheckIn answer = AnswerOf(which, answers);

  ALCOVE_CLIENT_ASSIGN(const bool retaliation, WantsToReport(frame, answer, options));
  if (!retaliation) {
    // The questions may have taken longer than a session lives.
    if (options.text_file.empty()) ALCOVE_CLIENT_TRY(visit.mailbox->Renew());
    ALCOVE_CLIENT_ASSIGN(const v1::AnswerCheckInRequest request,
                         visit.mailbox->PrepareCheckIn(answer, nullptr, frame.today()));
    ALCOVE_CLIENT_ASSIGN(const client::CheckInDone done, visit.mailbox->AnswerCheckIn(request, nullptr, frame.today()));
    if (frame.json()) {
      frame.PrintJson(done.response);
    } else {
      frame.terminal().Print("Thank you. The people who have your case can read it.\n");
    }
    return absl::OkStatus();
  }

  LinkedReport linked = LinkedTo(visit.mailbox->report());
  v1::AnswerCheckInRequest request;
  linked.send = [&](const client::SealedReport& sealed) -> absl::StatusOr<client::Filed> {
    // The same report again is the same request again, so that neither arrives twice.
    if (request.retaliation().request_id() != sealed.request.request_id()) {
      ALCOVE_CLIENT_TRY(visit.mailbox->Renew());
      ALCOVE_CLIENT_ASSIGN(request, visit.mailbox->PrepareCheckIn(answer, &sealed, frame.today()));
    }
    ALCOVE_CLIENT_ASSIGN(client::CheckInDone done, visit.mailbox->AnswerCheckIn(request, &sealed, frame.today()));
    return *std::move(done.retaliation);
  };
  return NewLinkedReport(frame, options.retaliation, linked);
}

}  // namespace alcove::cli
