#include "client/lib/summary.h"

#include <algorithm>
#include <array>
#include <set>

namespace alcove::client {
namespace {

constexpr std::array<std::string_view, 4> kNeverReleased = {"identity", "safe_contact", "keep_out", "witnesses"};
constexpr std::string_view kGap = "[...]";
// Words beyond which the two texts are not laid side by side any more: the time it takes grows with their product.
constexpr size_t kMostWords = 4000;

std::string TextOf(const sealed::v1::Answer& answer) {
  std::string text;
  for (const std::string& code : answer.codes()) text += (text.empty() ? "" : ", ") + code;
  if (answer.text().empty()) return text;
  return text.empty() ? answer.text() : text + ": " + answer.text();
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<std::string_view> words;
  for (size_t at = text.find_first_not_of(kBlank); at != std::string_view::npos; at = text.find_first_not_of(kBlank, at)) {
    const size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    if (text.substr(at, end - at) != kGap) words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

void Add(Fate fate, std::string_view word, std::vector<Run>& runs) {
  if (runs.empty() || runs.back().fate != fate) {
    runs.push_back({fate, std::string(word)});
  } else {
    runs.back().text += ' ';
    runs.back().text += word;
  }
}

bool Adds(const std::vector<Run>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.fate == Fate::kAdded; });
}

absl::Status Invalid(std::string_view what) { return Refuse(Refusal::kSummaryInvalid, what); }

// The entry of this kind with the highest place below `sequence`.
const OpenedEntry* NewestOf(const std::vector<OpenedEntry>& thread, v1::EntryKind kind, size_t sequence) {
  for (size_t i = std::min(sequence, thread.size()); i > 0; --i) {
    if (thread[i - 1].entry.kind() == kind) return &thread[i - 1];
  }
  return nullptr;
}

}  // namespace

std::map<std::string, std::string> AnswersAfter(const std::vector<OpenedEntry>& thread, size_t entries) {
  std::map<std::string, std::string> answers;
  for (size_t i = 0; i < std::min(entries, thread.size()); ++i) {
    if (thread[i].report) {
      answers["narrative"] = thread[i].report->narrative();
      for (const sealed::v1::Answer& answer : thread[i].report->answers()) answers[answer.question()] = TextOf(answer);
    } else if (thread[i].author.empty() && thread[i].message && thread[i].message->has_change()) {
      for (const sealed::v1::Answer& answer : thread[i].message->change().answers()) answers[answer.question()] = TextOf(answer);
    }
  }
  std::erase_if(answers, [](const auto& answer) { return answer.second.empty(); });
  return answers;
}

bool CanBeReleased(std::string_view question) {
  return std::find(kNeverReleased.begin(), kNeverReleased.end(), question) == kNeverReleased.end();
}

std::map<std::string, std::string> ReleasedBefore(const std::vector<OpenedEntry>& thread, uint32_t sequence) {
  std::map<std::string, std::string> released;
  const OpenedEntry* release = NewestOf(thread, v1::ENTRY_KIND_FIELDS_RELEASED, sequence);
  if (release == nullptr || !release->message || !release->author.empty()) return released;
  const std::map<std::string, std::string> answers = AnswersAfter(thread, release->entry.sequence());
  for (const std::string& question : release->message->released().questions()) {
    const auto answer = answers.find(question);
    if (answer != answers.end() && CanBeReleased(question)) released.insert(*answer);
  }
  return released;
}

std::vector<Run> Difference(std::string_view own, std::string_view part) {
  const std::vector<std::string_view> before = WordsOf(own), after = WordsOf(part);
  std::vector<Run> runs;
  if (before.size() > kMostWords || after.size() > kMostWords) {
    for (const std::string_view word : before) Add(Fate::kLeftOut, word, runs);
    for (const std::string_view word : after) Add(Fate::kAdded, word, runs);
    return runs;
  }
  // The longest common subsequence, from the end, so that it is read off from the beginning.
  const size_t width = after.size() + 1;
  std::vector<uint16_t> longest((before.size() + 1) * width, 0);
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = after.size(); j-- > 0;) {
      longest[i * width + j] = before[i] == after[j]
                                   ? static_cast<uint16_t>(longest[(i + 1) * width + j + 1] + 1)
                                   : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      Add(Fate::kQuoted, before[i++], runs);
      ++j;
    } else if (j == after.size() ||
               (i < before.size() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      Add(Fate::kLeftOut, before[i++], runs);
    } else {
      Add(Fate::kAdded, after[j++], runs);
    }
  }
  return runs;
}

absl::Status CheckSummary(const std::vector<OpenedEntry>& thread, uint32_t sequence, const sealed::v1::Summary& summary,
                          bool adding) {
  const std::map<std::string, std::string> released = ReleasedBefore(thread, sequence);
  if (summary.allegations().empty()) return Invalid("it says nothing");
  for (const sealed::v1::SummaryAllegation& allegation : summary.allegations()) {
    if (allegation.parts().empty()) return Invalid("an allegation says nothing");
    for (const sealed::v1::SummaryPart& part : allegation.parts()) {
      const auto own = released.find(part.question());
      if (own == released.end()) return Invalid("the answer to `" + part.question() + "` was not released");
      if (WordsOf(part.text()).empty()) return Invalid("nothing is left of the answer to `" + part.question() + "`");
      if (!adding && Adds(Difference(own->second, part.text()))) {
        return Invalid("it has words that the answer to `" + part.question() + "` has not");
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ShownSummary>> NewestSummary(const std::vector<OpenedEntry>& thread) {
  const OpenedEntry* entry = NewestOf(thread, v1::ENTRY_KIND_SUMMARY, thread.size());
  if (entry == nullptr) return std::nullopt;
  if (entry->author.empty() || !entry->message) return Invalid("nobody of the team wrote it");
  const uint32_t sequence = entry->entry.sequence();
  ALCOVE_CLIENT_TRY(CheckSummary(thread, sequence, entry->message->summary(), /*adding=*/true));
  const std::map<std::string, std::string> released = ReleasedBefore(thread, sequence);
  ShownSummary shown;
  shown.sequence = sequence;
  shown.hash = entry->hash;
  shown.name = entry->entry.name();
  shown.author = entry->author;
  const google::type::Date& day = entry->entry.day();
  if (const auto civil = format::Day::FromCivil(day.year(), day.month(), day.day()); civil.ok()) shown.shown = *civil;
  shown.faithful = true;
  for (const sealed::v1::SummaryAllegation& allegation : entry->message->summary().allegations()) {
    std::vector<ShownPart>& parts = shown.allegations.emplace_back();
    for (const sealed::v1::SummaryPart& part : allegation.parts()) {
      const std::string& own = released.at(part.question());
      parts.push_back({part.question(), own, part.text(), Difference(own, part.text())});
      shown.faithful = shown.faithful && !Adds(parts.back().difference);
    }
  }
  for (size_t i = sequence + 1; i < thread.size(); ++i) {
    if (!thread[i].author.empty() || !thread[i].message || !thread[i].message->has_summary_answer()) continue;
    if (thread[i].message->summary_answer().summary() != entry->hash.view()) continue;
    shown.answer = thread[i].message->summary_answer();
    shown.corrections = thread[i].message->text();
  }
  return shown;
}

absl::StatusOr<sealed::v1::Summary> ParseSummary(std::string_view text, const std::map<std::string, std::string>& released) {
  sealed::v1::Summary summary;
  sealed::v1::SummaryPart* part = nullptr;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.front() == '#') {
      summary.add_allegations();
      part = nullptr;
    } else if (line.front() == ' ' || line.front() == '\t') {
      if (part == nullptr) return Refuse(Refusal::kInputInvalid, "a line that begins with a blank continues nothing");
      if (!part->text().empty()) part->mutable_text()->append("\n");
      part->mutable_text()->append(line.substr(line.find_first_not_of(" \t")));
    } else {
      const size_t colon = line.find(':');
      if (colon == std::string_view::npos) {
        return Refuse(Refusal::kInputInvalid, "a line of the summary is neither `# ...` nor `question: words`");
      }
      if (summary.allegations().empty()) summary.add_allegations();
      part = summary.mutable_allegations(summary.allegations_size() - 1)->add_parts();
      part->set_question(std::string(line.substr(0, colon)));
      const size_t words = line.find_first_not_of(' ', colon + 1);
      if (words != std::string_view::npos) part->set_text(std::string(line.substr(words)));
    }
  }
  for (sealed::v1::SummaryAllegation& allegation : *summary.mutable_allegations()) {
    for (sealed::v1::SummaryPart& one : *allegation.mutable_parts()) {
      const auto own = released.find(one.question());
      if (one.text().empty() && own != released.end()) one.set_text(own->second);
    }
  }
  return summary;
}

absl::StatusOr<sealed::v1::Message> AnswerTo(const std::optional<ShownSummary>& summary, const std::string& corrections) {
  if (!summary) return Refuse(Refusal::kInputInvalid, "there is no summary to answer");
  if (corrections.empty() && !summary->faithful) {
    return Invalid("it has words that are not the reporter's; it can be corrected, not accepted");
  }
  sealed::v1::Message message;
  message.set_text(corrections);
  message.mutable_summary_answer()->set_summary(summary->hash.str());
  message.mutable_summary_answer()->set_accepted(corrections.empty());
  return message;
}

}  // namespace alcove::client
