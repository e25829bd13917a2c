// How a staff member's command begins: organisation file, memory, checked directory, unlocked keys, session.
//
// The key file is `alcove.key` in the working directory unless `--key` names another; what this machine remembers of
// directory and ledger lies beside it as `<key file>.memory`. Warnings about a directory that runs out soon are said
// to the person, not printed among results.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/frame/frame.h"
#include "client/lib/directory.h"
#include "client/lib/key_file.h"
#include "client/lib/memory.h"
#include "client/lib/staff_case.h"

namespace alcove::cli {

struct StaffOptions {
  std::string key_file = "alcove.key";
  std::optional<int> passphrase_fd;
};

// Adds `--key` and `--passphrase-fd` to a verb or a noun.
void AddStaffOptions(CLI::App& app, StaffOptions& options);

// Unlocks the key file that the options name; asks for the passphrase only where it is sealed.
absl::StatusOr<client::StaffKeys> UnlockKeys(Frame& frame, const StaffOptions& options);

// A staff member at their machine, signed in. Not movable: the desk points at the other members.
class StaffMember {
 public:
  // Errors of every step as they are; nothing is remembered when the directory does not check.
  static absl::StatusOr<std::unique_ptr<StaffMember>> SignIn(Frame& frame, const StaffOptions& options);

  client::Connection& connection() { return *connection_; }
  const client::CheckedDirectory& directory() const { return directory_; }
  const client::StaffKeys& keys() const { return *keys_; }
  client::StaffDesk& desk() { return *desk_; }
  const client::Session& session() const { return desk_->session(); }
  client::Memory& memory() { return memory_; }
  // Keeps what was learned in this run.
  absl::Status Remember() const;

 private:
  StaffMember() = default;

  std::string memory_path_;
  client::Memory memory_;
  std::unique_ptr<client::Connection> connection_;
  client::CheckedDirectory directory_;
  std::optional<client::StaffKeys> keys_;
  std::optional<client::StaffDesk> desk_;
};

}  // namespace alcove::cli
