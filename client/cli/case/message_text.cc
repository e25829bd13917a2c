#include "client/cli/case/message_text.h"

#include <algorithm>
#include <cstdio>

#include "client/cli/case/case_text.h"
#include "client/cli/frame/table.h"

namespace alcove::cli {
namespace {

constexpr size_t kShortEntry = 10;

std::string KindWords(v1::EntryKind kind) {
  switch (kind) {
    case v1::ENTRY_KIND_ASSESSMENT_AT_INTAKE: return "RISK at intake";
    case v1::ENTRY_KIND_ASSESSMENT_BEFORE_INVESTIGATION: return "RISK before the investigation";
    case v1::ENTRY_KIND_ASSESSMENT_DURING_INVESTIGATION: return "RISK during the investigation";
    case v1::ENTRY_KIND_ASSESSMENT_AT_OUTCOME: return "RISK with the outcome";
    case v1::ENTRY_KIND_ASSESSMENT_AFTER_CLOSING: return "RISK after the closing";
    case v1::ENTRY_KIND_CUSTODY: return "CUSTODY";
    case v1::ENTRY_KIND_INTERVIEW: return "INTERVIEW";
    case v1::ENTRY_KIND_OUTCOME_NOTICE: return "OUTCOME NOTICE";
    case v1::ENTRY_KIND_FIELDS_RELEASED: return "RELEASED FOR A SUMMARY";
    case v1::ENTRY_KIND_SUMMARY: return "SUMMARY FOR THE ACCUSED";
    case v1::ENTRY_KIND_SUMMARY_ANSWER: return "ANSWER TO THE SUMMARY";
    case v1::ENTRY_KIND_SUMMARY_SERVED: return "SUMMARY HANDED OVER";
    case v1::ENTRY_KIND_CHANGE: return "CHANGED SINCE THE REPORT";
    default: return "";
  }
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + Harmless(item);
  return text;
}

std::string RiskWord(sealed::v1::Risk risk) {
  switch (risk) {
    case sealed::v1::RISK_LOW: return "low";
    case sealed::v1::RISK_MEDIUM: return "medium";
    case sealed::v1::RISK_HIGH: return "HIGH";
    default: return "not said";
  }
}

std::string CustodyStep(const sealed::v1::Custody& step) {
  return "since " + DayText(step.since()) + ": " + Harmless(step.holder()) +
         (step.from().empty() ? "" : ", from " + Harmless(step.from())) + "; kept at " + Harmless(step.place()) + "; " +
         Harmless(step.condition());
}

std::string AboutText(const sealed::v1::Message& message) {
  using About = sealed::v1::Message;
  switch (message.about_case()) {
    case About::kAssessment: {
      const sealed::v1::Assessment& assessment = message.assessment();
      return ": " + RiskWord(assessment.risk()) + " for " + Joined(assessment.people()) +
             (assessment.adverse_actions().empty() ? "" : "; expected: " + Joined(assessment.adverse_actions()));
    }
    case About::kCustody:
      return " of " + Harmless(message.custody().evidence().substr(message.custody().evidence().rfind('/') + 1).substr(0, kShortEntry)) +
             ", " + CustodyStep(message.custody());
    case About::kInterview:
      return " with " + Harmless(message.interview().person()) + " on " + DayText(message.interview().day()) + ", by " +
             Harmless(message.interview().by()) + (message.interview().read_back() ? ", read back" : ", NOT read back");
    case About::kReleased: return ": " + (message.released().questions().empty() ? "nothing" : Joined(message.released().questions()));
    case About::kSummary: {
      std::string text;
      int number = 0;
      for (const sealed::v1::SummaryAllegation& allegation : message.summary().allegations()) {
        text += "\n" + std::to_string(++number);
        for (const sealed::v1::SummaryPart& part : allegation.parts()) text += "\n" + Harmless(part.question()) + ": " + Harmless(part.text());
      }
      return text;
    }
    case About::kSummaryAnswer: return message.summary_answer().accepted() ? ": accepted" : ": corrected";
    case About::kSummaryServed: return " on " + DayText(message.summary_served().day());
    case About::kChange: {
      std::string text;
      for (const sealed::v1::Answer& answer : message.change().answers()) {
        text += "\n" + Harmless(answer.question()) + ": " + (answer.codes().empty() ? "" : Joined(answer.codes()) + " ") + Harmless(answer.text());
      }
      return text;
    }
    default: return "";
  }
}

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", byte);
    text += pair;
  }
  return text;
}

}  // namespace

std::string MessageText(const client::OpenedEntry& entry) {
  if (entry.redacted) return "[redacted: its content was taken away for good]";
  if (!entry.message) return "";
  const std::string kind = KindWords(entry.entry.kind());
  const std::string text = Harmless(entry.message->text());
  if (kind.empty()) return text;
  const std::string head = kind + AboutText(*entry.message);
  return text.empty() ? head : head + "\n" + text;
}

std::string CustodyText(const client::Trails& trails, size_t width) {
  std::string text;
  for (const client::EvidenceTrail& trail : trails.trails) {
    const v1::Entry& entry = trail.evidence->entry;
    text += "  " + entry.name().substr(entry.name().rfind('/') + 1).substr(0, kShortEntry) + "  " + DayText(entry.day()) + "  " +
            (trail.evidence->author.empty() ? "the reporter" : trail.evidence->author) + "\n";
    for (const sealed::v1::Attachment& file : trail.evidence->attachments()) {
      text += "    " + Harmless(file.file_name()) + "\n      sha256 " + Hex(file.sha256()) + "\n";
    }
    for (const client::OpenedEntry* step : trail.steps) {
      text += Wrapped(CustodyStep(step->message->custody()) + " (written by " + step->author + ")", width, 4) + "\n";
    }
    for (const std::string& fault : trail.faults) text += Wrapped("CAUTION: " + Harmless(fault), width, 4) + "\n";
    if (!trail.steps.empty() && trail.faults.empty()) text += "    every keeper noted the same hashes, and each had it from the one before\n";
  }
  for (const client::OpenedEntry* stray : trails.strays) {
    text += Wrapped("CAUTION: a step of " + DayText(stray->entry.day()) + " is about evidence that is not in this case", width, 2) + "\n";
  }
  return text.empty() ? text : "Chain of custody\n" + text;
}

}  // namespace alcove::cli
