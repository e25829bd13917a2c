#include "client/cli/report/interview.h"

#include <algorithm>

#include "client/cli/frame/table.h"
#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

using client::Question;
using client::QuestionKind;

std::string How(const Question& question) {
  switch (question.kind) {
    case QuestionKind::kText: return question.long_text ? "Write as many lines as you like; end with a line that has only a dot." : "";
    case QuestionKind::kChoice: return "Type one number.";
    case QuestionKind::kChoices: return "Type one or more numbers, with commas between them.";
    case QuestionKind::kYesNo: return "Type yes or no.";
    case QuestionKind::kDate: return "Type a date like 2026-03-14.";
    case QuestionKind::kPeople: return "Several people: put `;` between them. For each: emp:NUMBER, an e-mail address, or a name.";
    case QuestionKind::kIdentity: return "";
  }
  return "";
}

absl::Status Quit() { return client::Refuse(client::Refusal::kCancelled, "you stopped; nothing was kept"); }

// The question as it is put to this person: choices that cannot be offered are left out.
Question Offered(const Question& question, const InterviewNeeds& needs) {
  Question offered = question;
  if (question.id == "disclosure" && !needs.custody) {
    std::erase_if(offered.choices, [](const client::Choice& choice) { return choice.code == "confidential"; });
  }
  return offered;
}

}  // namespace

absl::StatusOr<std::string> AskText(Terminal& terminal, std::string_view prompt) {
  std::string text;
  bool first = true;
  while (true) {
    ALCOVE_CLIENT_ASSIGN(const std::string line, terminal.Ask(first ? prompt : std::string_view("  ")));
    if (line == ".") return text;
    if (!first) text += "\n";
    text += line;
    first = false;
  }
}

absl::StatusOr<Said> AskQuestion(Terminal& terminal, const Question& asked, const InterviewNeeds& needs,
                                 Answers& answers) {
  const Question question = Offered(asked, needs);
  terminal.Say("");
  terminal.Say(question.ask.In(needs.language));
  if (!question.why.empty()) terminal.Say("  Why we ask: " + question.why.In(needs.language));
  for (size_t i = 0; i < question.choices.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    terminal.Say("  " + std::string(number.size() < 2 ? " " : "") + number + "  " +
                 question.choices[i].label.In(needs.language));
  }
  if (const std::string how = How(question); !how.empty()) terminal.Say("  " + how);
  while (true) {
    ALCOVE_CLIENT_ASSIGN(std::string line, terminal.Ask("> "));
    if (line == "back") return Said::kBack;
    if (line == "send") return Said::kSend;
    if (line == "quit") return Quit();
    if (line == "skip" || line.empty()) {
      if (!question.required) {
        answers.erase(question.id);
        return Said::kSkipped;
      }
      terminal.Say("This one is needed. Everything after the first three can be skipped. (`quit` stops; nothing is kept.)");
      continue;
    }
    if (line == "help" || line == "?" || line == "why") {
      terminal.Say("`back` goes to the question before, `skip` leaves this one out, `send` goes on to sending, `quit` "
                   "stops and keeps nothing. " + question.why.In(needs.language));
      continue;
    }
    if (question.kind == QuestionKind::kText && question.long_text && line != ".") {
      ALCOVE_CLIENT_ASSIGN(const std::string more, AskText(terminal, "  "));
      if (!more.empty()) line += "\n" + more;
    }
    auto answer = ParseAnswer(question, line);
    if (!answer.ok()) {
      std::string detail = client::DetailOf(answer.status());
      if (!detail.empty() && detail[0] >= 'a' && detail[0] <= 'z') detail[0] = static_cast<char>(detail[0] - 32);
      terminal.Say(detail + ".");
      continue;
    }
    if (question.kind == QuestionKind::kPeople && question.id != "witnesses") {
      for (const client::NamedPerson& person : answer->people) {
        if (!person.identifier) {
          terminal.Say("  `" + person.name + "` is a name only. You will be asked about each reader before anything is sent.");
        }
      }
    }
    answers[question.id] = *std::move(answer);
    return Said::kAnswered;
  }
}

absl::StatusOr<Answers> Interview(Terminal& terminal, const client::Form& form, const InterviewNeeds& needs,
                                  Answers answers) {
  std::vector<size_t> asked;  // positions, in the order they were put
  size_t at = 0;
  bool told = false;
  bool again = false;  // `back` came here: ask although it is answered
  while (true) {
    while (!again && at < form.questions.size() &&
           (!Applies(form.questions[at], answers) ||
            (answers.contains(form.questions[at].id) && std::find(asked.begin(), asked.end(), at) == asked.end()))) {
      ++at;
    }
    if (at == form.questions.size()) {
      if (const Question* missing = FirstMissing(form, answers)) {
        at = static_cast<size_t>(missing - form.questions.data());
        continue;
      }
      return answers;
    }
    if (!told && FirstMissing(form, answers) == nullptr) {
      told = true;
      terminal.Say("");
      terminal.Say("That is enough to send. Type `send` at any question when you want to. Every further answer helps, and "
                   "every one can be skipped. What you say about WHO did it and WHO must not see this keeps these people out.");
    }
    ALCOVE_CLIENT_ASSIGN(const Said said, AskQuestion(terminal, form.questions[at], needs, answers));
    again = false;
    if (said == Said::kBack) {
      if (asked.empty()) {
        terminal.Say("This is the first question.");
        continue;
      }
      at = asked.back();
      asked.pop_back();
      again = true;
      continue;
    }
    if (said == Said::kSend) {
      if (FirstMissing(form, answers) == nullptr) return answers;
      const Question* missing = FirstMissing(form, answers);
      terminal.Say("Before sending, one more answer is needed.");
      if (static_cast<size_t>(missing - form.questions.data()) != at) asked.push_back(at);
      at = static_cast<size_t>(missing - form.questions.data());
      continue;
    }
    asked.push_back(at);
    ++at;
  }
}

}  // namespace alcove::cli
