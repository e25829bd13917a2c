#include "client/cli/report/protect.h"

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "alcove/sealed/v1/sealed.pb.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/directory.h"
#include "client/lib/errors.h"
#include "client/lib/protection.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct ProtectOptions {
  std::string from;
  std::uint32_t longest_delay = 600;
};

constexpr std::string_view kPlainly =
    "The protection officer will learn your name, and that you ask for protection. They will not learn why: this is joined to "
    "no report, goes over a line of its own, and nobody asks what it is about. They look at what HR plans against you, and at "
    "a share of what it plans against everybody else, in the same words; HR is not told which. What HR could still guess "
    "stands in the README under `Who is protected`.";

void Take(const std::string& key, const std::string& value, sealed::v1::ProtectionRequest& words) {
  if (value.empty()) return;
  if (key == "name") words.set_name(value);
  else if (key == "contact") words.set_contact(value);
  else words.add_identifiers(value);
}

// Lines `name: ...`, `known as: emp:...` (any number), `contact: ...`.
absl::StatusOr<sealed::v1::ProtectionRequest> FromFile(Terminal& terminal, const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(const std::string text, ReadText(terminal, path, ""));
  sealed::v1::ProtectionRequest words;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const size_t colon = line.find(": ");
    const std::string key = line.substr(0, colon);
    if (colon == std::string::npos || (key != "name" && key != "known as" && key != "contact"))
      return Refuse(Refusal::kInputInvalid, "lines are `name: ...`, `known as: emp:...` and `contact: ...`");
    Take(key, line.substr(colon + 2), words);
  }
  return words;
}

absl::StatusOr<sealed::v1::ProtectionRequest> Asked(Terminal& terminal) {
  sealed::v1::ProtectionRequest words;
  ALCOVE_CLIENT_ASSIGN(const std::string name, terminal.Ask("Your name: "));
  ALCOVE_CLIENT_ASSIGN(const std::string number, terminal.Ask("Your staff number (empty if you do not know it): "));
  ALCOVE_CLIENT_ASSIGN(const std::string mail, terminal.Ask("Your e-mail address at work (empty if you have none): "));
  ALCOVE_CLIENT_ASSIGN(const std::string contact, terminal.Ask("How to reach you (empty if you do not wish it): "));
  Take("name", name, words);
  if (!number.empty()) Take("known as", "emp:" + number, words);
  if (!mail.empty()) Take("known as", "mail:" + mail, words);
  Take("contact", contact, words);
  return words;
}

// Any time from now to the longest, so that who filed just before is not who asks now.
void Wait(Frame& frame, std::uint32_t longest) {
  if (longest == 0) return;
  frame.terminal().Say("This is sent within " + std::to_string(longest) + " seconds. Leave the program running.");
  std::uint32_t drawn = 0;
  for (const char byte : frame.random().Draw(4)) drawn = drawn << 8 | static_cast<std::uint8_t>(byte);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::uint64_t{drawn} * longest * 1000 >> 32));
}

absl::Status Protect(Frame& frame, const ProtectOptions& options) {
  frame.terminal().Say(kPlainly);
  ALCOVE_CLIENT_ASSIGN(const sealed::v1::ProtectionRequest words,
                       options.from.empty() ? Asked(frame.terminal()) : FromFile(frame.terminal(), options.from));
  Wait(frame, options.longest_delay);
  ALCOVE_CLIENT_ASSIGN(const auto connection, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(const client::CheckedDirectory directory, client::FetchDirectory(*connection, nullptr, frame.today()));
  ALCOVE_CLIENT_TRY(client::AskForProtection(*connection, directory, words, frame.random()));
  if (frame.json()) frame.PrintJson(v1::RequestProtectionResponse());
  else frame.terminal().Print("The protection officer has your name. Nothing else was sent, and nothing is kept on this machine.\n");
  return absl::OkStatus();
}

}  // namespace

void AddProtect(CLI::App& report, Frame& frame) {
  const auto options = std::make_shared<ProtectOptions>();
  CLI::App* verb = report.add_subcommand(
      "protect", "Ask for protection from retaliation: the protection officer learns your name, not why");
  verb->add_option("--from", options->from, "Take it from this file: lines `name:`, `known as:`, `contact:`; - is standard input")
      ->type_name("FILE");
  verb->add_option("--longest-delay", options->longest_delay,
                   "Send at a random moment within so many seconds (default 600; 0 sends at once)")
      ->type_name("SECONDS");
  verb->callback([&frame, options] { frame.End(Protect(frame, *options)); });
}

}  // namespace alcove::cli
