// The only way commands speak with a person.
//
// Two channels are kept apart. `Print` is the command's result and goes to standard output, so that it can be piped.
// Everything said to a person (questions, progress, errors) goes to the terminal or, where there is none, to standard
// error, so that `--json` output stays clean. Answers come from the terminal only, never from argv or environment.
//
// Nothing said or asked is logged, kept in a history, or written to a file.
// Threads: one thread uses a Terminal at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace alcove::cli {

class Terminal {
 public:
  virtual ~Terminal() = default;

  // A person sits there and can answer. When false, every Ask* fails with FAILED_PRECONDITION, reason NO_TERMINAL.
  virtual bool interactive() const = 0;

  // Columns of the screen; 80 where it cannot be known.
  virtual size_t width() const = 0;

  // The result, to standard output, as it is; a newline is the caller's.
  virtual void Print(std::string_view text) = 0;

  // One paragraph to the person, wrapped at the screen's width; a newline is added. Lines already in the text stay.
  virtual void Say(std::string_view text) = 0;

  // Asks for one line. The answer has no newline and no blanks around it. End of input is CANCELLED.
  virtual absl::StatusOr<std::string> Ask(std::string_view prompt) = 0;

  // Asks without showing what is typed.
  virtual absl::StatusOr<crypto::SecretText> AskHidden(std::string_view prompt) = 0;

  // Wipes screen and scroll-back, so that a receipt does not stay in view. Does nothing without a terminal.
  virtual void ClearScreen() = 0;

  // Redraws one progress line: `label  [#####     ]  50 %  1.5 of 3.0 MB`. At done == total the line ends.
  // Without a terminal only the end is said.
  virtual void Progress(std::string_view label, uint64_t done, uint64_t total) = 0;
};

// A question that has a yes and a no. An empty answer is `preset`. Asks again until it understands.
absl::StatusOr<bool> AskYesNo(Terminal& terminal, std::string_view prompt, bool preset);

// The terminal of the process: asks on /dev/tty, prints to standard output.
// Interactive only when standard input and /dev/tty are terminals, so that a script never hangs on a question.
class ProcessTerminal : public Terminal {
 public:
  ProcessTerminal();
  ~ProcessTerminal() override;
  ProcessTerminal(const ProcessTerminal&) = delete;
  ProcessTerminal& operator=(const ProcessTerminal&) = delete;

  bool interactive() const override { return tty_ >= 0; }
  size_t width() const override;
  void Print(std::string_view text) override;
  void Say(std::string_view text) override;
  absl::StatusOr<std::string> Ask(std::string_view prompt) override;
  absl::StatusOr<crypto::SecretText> AskHidden(std::string_view prompt) override;
  void ClearScreen() override;
  void Progress(std::string_view label, uint64_t done, uint64_t total) override;

 private:
  absl::StatusOr<std::string> ReadLine();
  void Write(std::string_view text);

  int tty_ = -1;
};

}  // namespace alcove::cli
