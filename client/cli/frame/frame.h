// What every command of the program `alcove` is given, and how it ends.
//
// A noun is a directory under client/cli, a library `alcove_cli_<noun>`, and one function that main calls:
//
//   void AddCaseCommands(CLI::App& app, Frame& frame);
//
// which adds `app.add_subcommand("case")`, its verbs and their options, and gives every verb a callback:
//
//   verb->callback([&frame, options] { frame.End(ShowCase(frame, *options)); });
//
// where ShowCase returns absl::Status. Options live in a std::shared_ptr captured by the callback.
// The clock and randomness come in here; a command makes none of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/frame/exit_code.h"
#include "client/cli/frame/terminal.h"
#include "client/lib/connection.h"
#include "crypto/format/day.h"
#include "crypto/random.h"

namespace google::protobuf {
class Message;
}

namespace alcove::cli {

// Options that stand before any noun, the same for all.
struct CommonOptions {
  // The organisation file; empty means `alcove.org` in the working directory.
  std::string organisation;
  // Results as JSON: the proto's JSON mapping of the response.
  bool json = false;
  // Seconds that one call may take.
  int timeout_seconds = 20;
};

class Frame {
 public:
  using SystemClock = std::function<std::chrono::system_clock::time_point()>;

  // None of the references is owned; all outlive the frame.
  Frame(Terminal& terminal, crypto::Random& random, SystemClock clock);

  Terminal& terminal() { return terminal_; }
  crypto::Random& random() { return random_; }
  std::chrono::system_clock::time_point now() const { return clock_(); }
  // Today in UTC.
  format::Day today() const { return format::Day::OfUnixSeconds(std::chrono::system_clock::to_time_t(clock_())); }
  CommonOptions& options() { return options_; }
  bool json() const { return options_.json; }

  // Adds `--org`, `--json` and `--timeout` to the program.
  void AddCommonOptions(CLI::App& app);

  // The organisation file that the options name, read and checked. INVALID_ARGUMENT when it is missing or malformed.
  absl::StatusOr<format::OrganisationFile> Organisation() const;

  // A connection to the organisation's server. No call is made yet.
  absl::StatusOr<std::unique_ptr<client::Connection>> Connect() const;

  // Tests put a connection in place of the network.
  void UseConnections(std::function<absl::StatusOr<std::unique_ptr<client::Connection>>()> connect);

  // Prints a response: the proto's JSON mapping, one line.
  void PrintJson(const google::protobuf::Message& message);
  // Prints JSON text that is already made.
  void PrintJson(std::string_view json);

  // Ends a command: says what went wrong, what to do next, and keeps the exit code.
  void End(const absl::Status& status);
  ExitCode exit_code() const { return exit_code_; }

 private:
  Terminal& terminal_;
  crypto::Random& random_;
  SystemClock clock_;
  CommonOptions options_;
  std::function<absl::StatusOr<std::unique_ptr<client::Connection>>()> connect_;
  ExitCode exit_code_ = ExitCode::kDone;
};

// The exit code that belongs to an error.
ExitCode ExitCodeOf(const absl::Status& status);

// What happened and what to do next, in plain sentences. Visits every reason the server or the client library knows.
std::string Explain(const absl::Status& status);

}  // namespace alcove::cli
