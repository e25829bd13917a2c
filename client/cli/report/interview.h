// The form's questions, one at a time: why we ask, `back`, `skip`, and sendable as soon as what is needed is answered.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/frame/terminal.h"
#include "client/cli/report/answers.h"
#include "client/lib/documents.h"

namespace alcove::cli {

struct InterviewNeeds {
  std::string language;
  // Enough custodians stand in the directory: without them `confidential` is not offered.
  bool custody = false;
};

// Asks until the reporter says `send` or there are no more questions. CANCELLED when they quit; nothing is kept then.
// With `answers` not empty, those are shown as answered and asked again only by `back`.
absl::StatusOr<Answers> Interview(Terminal& terminal, const client::Form& form, const InterviewNeeds& needs,
                                  Answers answers = {});

// Asks one question of the form and nothing else; `skip` is refused where it is required.
// The commands `back` and `send` come back as themselves.
enum class Said { kAnswered, kSkipped, kBack, kSend };
absl::StatusOr<Said> AskQuestion(Terminal& terminal, const client::Question& question, const InterviewNeeds& needs,
                                 Answers& answers);

// Several lines, until one that holds only a dot. CANCELLED at the end of input.
absl::StatusOr<std::string> AskText(Terminal& terminal, std::string_view prompt);

}  // namespace alcove::cli
