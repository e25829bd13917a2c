#include "client/cli/case/opened_case.h"

namespace alcove::cli {

absl::StatusOr<Opened> OpenCase(Frame& frame, const StaffOptions& staff, const std::string& prefix) {
  Opened result;
  ALCOVE_CLIENT_ASSIGN(result.member, StaffMember::SignIn(frame, staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, result.member->desk().CaseOf(prefix));
  ALCOVE_CLIENT_ASSIGN(result.opened, result.member->desk().Open(name, true, [&frame] {
    frame.terminal().Say(
        "A key that was made for you does not open: whoever made it made it wrong. This is now being reported; it stands in the "
        "record of the case with who made the key, and the next entry brings a new one.");
  }));
  return result;
}

}  // namespace alcove::cli
