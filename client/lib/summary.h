// The summary of the allegations for the accused: drawn from answers that the reporter released, and from nothing else.
//
// The server sees that a summary was written, answered and served, not what it says. So both sides check here, with the same
// code, that it holds to the release: whoever writes it before it is sent, the reporter before it is shown to them, and
// whoever serves it once more.
//
// A release covers the answers as they stood when it was written: those of the report, with what the reporter changed since.
// A later release replaces it. Nothing here does any input or output. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "client/lib/thread.h"
#include "crypto/format/day.h"

namespace alcove::client {

// The reporter's answers by question, as they stand after the first `entries` entries of THREAD. A choice is its codes,
// separated by commas.
std::map<std::string, std::string> AnswersAfter(const std::vector<OpenedEntry>& thread, size_t entries);

// Who the reporter is, how to reach them, whom they keep out and who saw it: nobody needs these to answer to what is alleged.
bool CanBeReleased(std::string_view question);

// The answers that a summary in place `sequence` of THREAD may draw from; empty when nothing was released.
std::map<std::string, std::string> ReleasedBefore(const std::vector<OpenedEntry>& thread, uint32_t sequence);

// What became of a word of the reporter's in the summary, or of one in the summary that is not theirs.
enum class Fate { kQuoted, kLeftOut, kAdded };
struct Run {
  Fate fate = Fate::kQuoted;
  std::string text;  // words with single blanks between
};
// The reporter's own words against the part made of them. `[...]` in the part stands for words left out and is no word.
std::vector<Run> Difference(std::string_view own, std::string_view part);

// A part as its reporter sees it.
struct ShownPart {
  std::string question;
  std::string own;
  std::string text;
  std::vector<Run> difference;
};

// The newest summary of a case.
struct ShownSummary {
  uint32_t sequence = 0;  // in THREAD
  crypto::Digest hash;    // of its entry
  std::string name;       // `cases/{c}/entries/{e}`
  format::Day shown;
  std::string author;     // slug
  std::vector<std::vector<ShownPart>> allegations;
  bool faithful = false;  // no word was added
  // What the reporter said to this one last; nothing while they have not answered it.
  std::optional<sealed::v1::SummaryAnswer> answer;
  std::string corrections;  // the answer's words
};

// Whether the summary, as entry number `sequence` of THREAD, draws on released answers alone. kSummaryInvalid with the question
// when one was not released; when it is empty; and, with `adding` false, when a part has a word that its answer has not.
absl::Status CheckSummary(const std::vector<OpenedEntry>& thread, uint32_t sequence, const sealed::v1::Summary& summary,
                          bool adding);

// Nothing when there is no summary. kSummaryInvalid for one that uses what was not released: it is shown to nobody.
absl::StatusOr<std::optional<ShownSummary>> NewestSummary(const std::vector<OpenedEntry>& thread);

// From lines of text: an allegation begins with `#`, a part is `question: words`, continued by lines that begin with a blank; the
// words may be left away and are then the whole answer. kInputInvalid. What it says is checked by CheckSummary.
absl::StatusOr<sealed::v1::Summary> ParseSummary(std::string_view text, const std::map<std::string, std::string>& released);

// Answers the newest summary. kSummaryInvalid when it has words that are not the reporter's and would be accepted;
// kInputInvalid when nothing is there to answer, or corrections have no words.
absl::StatusOr<sealed::v1::Message> AnswerTo(const std::optional<ShownSummary>& summary, const std::string& corrections);

}  // namespace alcove::client
