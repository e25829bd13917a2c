#include "client/cli/frame/text_input.h"

#include <iostream>
#include <iterator>

#include "client/lib/errors.h"
#include "client/lib/files.h"

namespace alcove::cli {
namespace {

constexpr size_t kMostText = 64 << 10;

absl::StatusOr<std::string> FromPath(const std::string& path) {
  if (path != "-") return client::ReadFile(path);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

absl::StatusOr<std::string> FromPerson(Terminal& terminal, std::string_view prompt) {
  terminal.Say(std::string(prompt) + ". End with a line that holds a single dot.");
  std::string text;
  for (;;) {
    const auto line = terminal.Ask("> ");
    if (!line.ok()) return line.status();
    if (std::string_view(*line) == "." || text.size() > kMostText) return text;
    text += *line + "\n";
  }
}

}  // namespace

absl::StatusOr<std::string> ReadText(Terminal& terminal, const std::string& path, std::string_view prompt) {
  ALCOVE_CLIENT_ASSIGN(std::string text, path.empty() ? FromPerson(terminal, prompt) : FromPath(path));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.empty()) return client::Refuse(client::Refusal::kInputInvalid, "there is no text to send");
  if (text.size() > kMostText) return client::Refuse(client::Refusal::kInputInvalid, "the text is longer than 64 KiB");
  return text;
}

}  // namespace alcove::cli
