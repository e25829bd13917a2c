#include "client/cli/frame/staff_sign_in.h"

#include "client/cli/frame/secret_input.h"

namespace alcove::cli {

void AddStaffOptions(CLI::App& app, StaffOptions& options) {
  app.add_option("--key", options.key_file, "Your key file (default: alcove.key in this directory)")->type_name("FILE");
  app.add_option("--passphrase-fd", options.passphrase_fd, "Read the passphrase from this file descriptor")
      ->type_name("N");
}

absl::StatusOr<client::StaffKeys> UnlockKeys(Frame& frame, const StaffOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const format::OrganisationFile organisation, frame.Organisation());
  return client::ReadStaffKeys(options.key_file, organisation.id, [&] {
    return ReadSecret(frame.terminal(), options.passphrase_fd, "Passphrase of your key file: ");
  });
}

absl::StatusOr<std::unique_ptr<StaffMember>> StaffMember::SignIn(Frame& frame, const StaffOptions& options) {
  std::unique_ptr<StaffMember> member(new StaffMember);
  member->memory_path_ = options.key_file + ".memory";
  ALCOVE_CLIENT_ASSIGN(member->keys_, UnlockKeys(frame, options));
  ALCOVE_CLIENT_ASSIGN(member->memory_, client::ReadMemory(member->memory_path_));
  ALCOVE_CLIENT_ASSIGN(member->connection_, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(member->directory_,
                       client::FetchDirectory(*member->connection_, &member->memory_, frame.today()));
  for (const std::string& warning : member->directory_.warnings) frame.terminal().Say("Note: " + warning);
  ALCOVE_CLIENT_TRY(member->Remember());
  ALCOVE_CLIENT_ASSIGN(member->desk_, client::StaffDesk::SignIn(*member->connection_, member->directory_,
                                                                *member->keys_, frame.random()));
  return member;
}

absl::Status StaffMember::Remember() const { return client::WriteMemory(memory_path_, memory_); }

}  // namespace alcove::cli
