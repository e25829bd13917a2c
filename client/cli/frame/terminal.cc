#include "client/cli/frame/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "client/cli/frame/table.h"
#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

// Puts the terminal's settings back however the reading ends.
class EchoOff {
 public:
  explicit EchoOff(int tty) : tty_(tty) {
    if (tcgetattr(tty_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(tty_, TCSAFLUSH, &quiet) == 0;
  }
  ~EchoOff() {
    if (changed_) tcsetattr(tty_, TCSAFLUSH, &before_);
  }
  bool off() const { return changed_; }

 private:
  int tty_;
  termios before_{};
  bool changed_ = false;
};

std::string Megabytes(uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / 1e6);
  return text;
}

absl::Status NoTerminal() {
  return client::Refuse(client::Refusal::kNoTerminal, "there is no terminal to ask on");
}

}  // namespace

absl::StatusOr<bool> AskYesNo(Terminal& terminal, std::string_view prompt, bool preset) {
  while (true) {
    const auto typed = terminal.Ask(std::string(prompt) + (preset ? " [Y/n] " : " [y/N] "));
    if (!typed.ok()) return typed.status();
    const std::string_view answer = *typed;
    if (answer.empty()) return preset;
    if (answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes") return true;
    if (answer == "n" || answer == "N" || answer == "no" || answer == "No") return false;
    terminal.Say("Please answer y or n.");
  }
}

ProcessTerminal::ProcessTerminal() {
  if (isatty(STDIN_FILENO) == 1) tty_ = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

ProcessTerminal::~ProcessTerminal() {
  if (tty_ >= 0) close(tty_);
}

size_t ProcessTerminal::width() const {
  winsize size{};
  if (tty_ >= 0 && ioctl(tty_, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

void ProcessTerminal::Print(std::string_view text) { WriteAll(STDOUT_FILENO, text); }

void ProcessTerminal::Write(std::string_view text) { WriteAll(tty_ >= 0 ? tty_ : STDERR_FILENO, text); }

void ProcessTerminal::Say(std::string_view text) { Write(Wrapped(text, width()) + "\n"); }

absl::StatusOr<std::string> ProcessTerminal::ReadLine() {
  std::string line;
  while (true) {
    char letter = 0;
    const ssize_t got = read(tty_, &letter, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return client::Refuse(client::Refusal::kCancelled, "the input ended");
    if (letter == '\n') break;
    line.push_back(letter);
  }
  return line;
}

absl::StatusOr<std::string> ProcessTerminal::Ask(std::string_view prompt) {
  if (!interactive()) return NoTerminal();
  Write(prompt);
  ALCOVE_CLIENT_ASSIGN(const std::string line, ReadLine());
  return Trimmed(line);
}

absl::StatusOr<crypto::SecretText> ProcessTerminal::AskHidden(std::string_view prompt) {
  if (!interactive()) return NoTerminal();
  // Before the prompt: what a quick hand types after it is neither shown nor thrown away with what was typed before.
  const EchoOff quiet(tty_);
  if (!quiet.off()) return NoTerminal();
  Write(prompt);
  ALCOVE_CLIENT_ASSIGN(std::string line, ReadLine());
  Write("\n");
  crypto::SecretText secret = crypto::SecretText::Take(Trimmed(line));
  crypto::Wipe(line);
  return secret;
}

void ProcessTerminal::ClearScreen() {
  if (tty_ >= 0) Write("\x1b[H\x1b[2J\x1b[3J");
}

void ProcessTerminal::Progress(std::string_view label, uint64_t done, uint64_t total) {
  const bool end = done >= total;
  if (tty_ < 0 && !end) return;
  constexpr size_t kBar = 24;
  const size_t filled = total == 0 ? kBar : static_cast<size_t>(done * kBar / total);
  const uint64_t percent = total == 0 ? 100 : done * 100 / total;
  std::string line(tty_ >= 0 ? "\r" : "");
  line += std::string(label) + "  [" + std::string(filled, '#') + std::string(kBar - filled, ' ') + "] " +
          std::to_string(percent) + " %  " + Megabytes(done) + " of " + Megabytes(total) + " MB";
  if (end) line += "\n";
  Write(line);
}

}  // namespace alcove::cli
