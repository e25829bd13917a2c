// What the reporter lets be told to the accused: releasing answers, looking at the summary that was made of them, and saying what
// has changed since.
#include <algorithm>
#include <set>

#include "client/cli/frame/table.h"
#include "client/cli/report/begin.h"
#include "client/cli/report/interview.h"
#include "client/lib/files.h"
#include "client/lib/summary.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

absl::Status Tell(Frame& frame, const v1::SendMessageResponse& answer, std::string_view text) {
  if (frame.json()) {
    frame.PrintJson(answer);
  } else {
    frame.terminal().Print(text);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextOf(Frame& frame, const VisitOptions& options, std::string_view question) {
  if (!options.text_file.empty()) return client::ReadFile(options.text_file);
  if (!frame.terminal().interactive()) return Refuse(Refusal::kNoTerminal, "your words need a terminal, or --text FILE");
  frame.terminal().Say(std::string(question) + " End with a line that has only a dot.");
  return AskText(frame.terminal(), "  ");
}

// Each of your answers, one at a time: may it be used?
absl::StatusOr<std::vector<std::string>> AskEach(Frame& frame, const std::map<std::string, std::string>& answers,
                                                 const std::set<std::string>& before) {
  frame.terminal().Say("The person whom this is about has to hear what is said of them. You decide which of your answers may be used for "
                       "that. Nobody sees more because of it: your report itself is never handed over. You will see what they are to "
                       "hear before it is handed over, and can correct it. If an answer could only come from you, think twice.");
  std::vector<std::string> chosen;
  for (const auto& [question, answer] : answers) {
    if (!client::CanBeReleased(question)) continue;
    frame.terminal().Say("");
    frame.terminal().Say(Harmless(question) + ": " + Harmless(answer));
    ALCOVE_CLIENT_ASSIGN(const bool yes, AskYesNo(frame.terminal(), "May it be used?", before.contains(question)));
    if (yes) chosen.push_back(question);
  }
  return chosen;
}

std::string DifferenceText(const std::vector<client::Run>& runs) {
  std::string text;
  for (const client::Run& run : runs) {
    text += text.empty() ? "" : " ";
    switch (run.fate) {
      case client::Fate::kQuoted: text += Harmless(run.text); break;
      case client::Fate::kLeftOut: text += "[-" + Harmless(run.text) + "-]"; break;
      case client::Fate::kAdded: text += "{+" + Harmless(run.text) + "+}"; break;
    }
  }
  return text;
}

std::string SummaryText(const client::ShownSummary& summary, const std::map<std::string, std::string>& released, size_t width) {
  std::string text = Wrapped("This is what the person complained about is to hear. It is laid over your own words: what stands plainly is "
                             "quoted, what stands in [- -] is left out and they do not hear it" +
                                 std::string(summary.faithful ? "." : ", what stands in {+ +} ARE NOT YOUR WORDS."),
                             width) +
                     "\n";
  std::set<std::string> used;
  for (size_t i = 0; i < summary.allegations.size(); ++i) {
    text += "\n" + std::to_string(i + 1) + "\n";
    for (const client::ShownPart& part : summary.allegations[i]) {
      used.insert(part.question);
      text += Wrapped("from your answer to `" + Harmless(part.question) + "`", width, 2) + "\n" +
              Wrapped(DifferenceText(part.difference), width, 4) + "\n";
    }
  }
  std::string unused;
  for (const auto& [question, answer] : released) {
    if (!used.contains(question)) unused += (unused.empty() ? "" : ", ") + question;
  }
  if (!unused.empty()) text += "\n" + Wrapped("Released, and not used at all: " + Harmless(unused), width) + "\n";
  text += "\n";
  if (!summary.answer) {
    text += Wrapped("Shown to you since " + summary.shown.Text() + ". Say whether it is right: `alcove report summary --accept` or "
                    "`--correct`. If you say nothing, it can be handed over as it is after " + summary.shown.PlusDays(7).Text() + ".", width);
  } else {
    text += summary.answer->accepted() ? "You accepted it." : Wrapped("You corrected it: " + Harmless(summary.corrections), width);
  }
  return text + "\n";
}

}  // namespace

absl::Status ReleaseFields(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  const std::vector<client::OpenedEntry>& thread = visit.mailbox->thread();
  const std::map<std::string, std::string> answers = client::AnswersAfter(thread, thread.size());
  std::vector<std::string> chosen = options.questions;
  if (chosen.empty() && !options.none) {
    if (!frame.terminal().interactive()) {
      return Refuse(Refusal::kNoTerminal, "name the questions whose answers may be used, or say --none");
    }
    std::set<std::string> before;
    for (const auto& [question, answer] : client::ReleasedBefore(thread, static_cast<uint32_t>(thread.size()))) before.insert(question);
    ALCOVE_CLIENT_ASSIGN(chosen, AskEach(frame, answers, before));
  }
  sealed::v1::Message message;
  message.mutable_released();
  for (const std::string& question : chosen) {
    if (!client::CanBeReleased(question)) {
      return Refuse(Refusal::kInputInvalid, "nobody needs `" + question + "` to answer to what is said; it is not released");
    }
    if (!answers.contains(question)) return Refuse(Refusal::kInputInvalid, "you have not answered `" + question + "`");
    message.mutable_released()->add_questions(question);
  }
  ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse sent,
                       visit.mailbox->Send(message, {}, frame.today(), format::EntryKind::kFieldsReleased));
  return Tell(frame, sent, chosen.empty() ? "None of your answers may be used from now on.\n"
                                          : "Released. `alcove report summary` shows what was made of it, before anybody else hears it. You can "
                                            "take this back by releasing others.\n");
}

absl::Status AnswerSummary(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  const std::vector<client::OpenedEntry>& thread = visit.mailbox->thread();
  ALCOVE_CLIENT_ASSIGN(const auto summary, client::NewestSummary(thread));
  if (!summary) {
    frame.terminal().Print("Nothing has been made of your answers for the person complained about. Nothing was handed over.\n");
    return absl::OkStatus();
  }
  const std::map<std::string, std::string> released = client::ReleasedBefore(thread, summary->sequence);
  if (!frame.json()) frame.terminal().Print(SummaryText(*summary, released, frame.terminal().width()));
  bool accept = options.accept, correct = options.correct;
  if (!accept && !correct && frame.terminal().interactive() && !summary->answer) {
    if (summary->faithful) {
      ALCOVE_CLIENT_ASSIGN(accept, AskYesNo(frame.terminal(), "May it be handed over like this?", false));
    }
    if (!accept) {
      ALCOVE_CLIENT_ASSIGN(correct, AskYesNo(frame.terminal(), "Do you want to say what is wrong with it?", true));
    }
  }
  if (!accept && !correct) return absl::OkStatus();
  std::string corrections;
  if (correct) {
    ALCOVE_CLIENT_ASSIGN(corrections, TextOf(frame, options, "What is wrong, or must not be said?"));
    if (corrections.empty()) return Refuse(Refusal::kCancelled, "nothing was written");
  }
  ALCOVE_CLIENT_ASSIGN(const sealed::v1::Message message, client::AnswerTo(summary, corrections));
  ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse sent,
                       visit.mailbox->Send(message, {}, frame.today(), format::EntryKind::kSummaryAnswer));
  return Tell(frame, sent, correct ? "Sent. They see what you corrected; a new summary is shown to you again first.\n"
                                   : "Accepted. The record of your case shows when it is handed over.\n");
}

absl::Status TellChange(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  ALCOVE_CLIENT_ASSIGN(const std::string text,
                       TextOf(frame, options,
                              options.questions.empty() ? "What has changed since your report, or was not right in it?"
                                                        : "Your answer to `" + options.questions.front() + "` as it should be."));
  if (text.empty()) return Refuse(Refusal::kCancelled, "nothing was written");
  sealed::v1::Message message;
  if (options.questions.empty()) {
    message.mutable_change();
    message.set_text(text);
  } else {
    sealed::v1::Answer& answer = *message.mutable_change()->add_answers();
    answer.set_question(options.questions.front());
    answer.set_text(text);
  }
  ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse sent,
                       visit.mailbox->Send(message, {}, frame.today(), format::EntryKind::kChange));
  return Tell(frame, sent, "Sent. What you wrote before stays where it is; they read both. An answer that you changed is not released for "
                           "the person complained about until you release it again.\n");
}

}  // namespace alcove::cli
