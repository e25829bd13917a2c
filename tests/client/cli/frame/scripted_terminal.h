// A person at a terminal, as a list of what they type. Running out of answers is the end of input.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "client/cli/frame/terminal.h"
#include "client/lib/errors.h"

namespace alcove::cli::test {

class ScriptedTerminal : public Terminal {
 public:
  // An answer may depend on what was said so far.
  using Typed = std::function<std::string(const std::string& said)>;

  explicit ScriptedTerminal(bool person = true) : person_(person) {}
  void Type(std::string line) {
    typed_.push_back([line](const std::string&) { return line; });
  }
  void Type(Typed typed) { typed_.push_back(std::move(typed)); }

  bool interactive() const override { return person_; }
  size_t width() const override { return 100; }
  void Print(std::string_view text) override { printed += text; }
  void Say(std::string_view text) override { said += std::string(text) + "\n"; }
  absl::StatusOr<std::string> Ask(std::string_view prompt) override {
    said += std::string(prompt) + "\n";
    if (!person_) return client::Refuse(client::Refusal::kNoTerminal, "no terminal");
    if (typed_.empty()) return client::Refuse(client::Refusal::kCancelled, "the input ended");
    std::string line = typed_.front()(said);
    typed_.pop_front();
    return line;
  }
  absl::StatusOr<crypto::SecretText> AskHidden(std::string_view prompt) override {
    auto line = Ask(prompt);
    if (!line.ok()) return line.status();
    return crypto::SecretText(*line);
  }
  void ClearScreen() override {
    ++cleared;
    said_before_clear += said;
    said.clear();
  }
  void Progress(std::string_view, uint64_t, uint64_t) override {}

  size_t left() const { return typed_.size(); }

  std::string printed, said, said_before_clear;
  int cleared = 0;

 private:
  bool person_;
  std::deque<Typed> typed_;
};

}  // namespace alcove::cli::test
