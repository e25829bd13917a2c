// How every command begins that reads a case: signed in, found by a prefix, opened and checked.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/frame/frame.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/staff_case.h"

namespace alcove::cli {

struct Opened {
  std::unique_ptr<StaffMember> member;
  client::OpenedCase opened;
};

// `name`: the beginning of the case's id is enough. The reporter sees that the case was opened.
absl::StatusOr<Opened> OpenCase(Frame& frame, const StaffOptions& staff, const std::string& name);

}  // namespace alcove::cli
