// Decisions that take more than one person, on a staff member's machine: asking with a sealed reason, reading why, deciding
// under one's own signature, and letting a new reader in.
//
// Asking for who a confidential reporter is, giving a share and opening: identity.h.
//
// Whoever carries out wraps keys. So before it does, this room checks by itself what the server says is approved: its own
// request, the decisions' signatures and roles, and that the newcomer is nobody whom the reporter named.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/approval_service.pb.h"
#include "client/lib/admission.h"
#include "client/lib/staff_case.h"
#include "crypto/format/day.h"

namespace alcove::client {

// What somebody asks for. The case is named apart.
struct ApprovalWish {
  format::ApprovalKind kind = format::ApprovalKind::kAddReader;
  std::string person;                // slug; empty where the kind concerns nobody
  std::optional<format::Day> until;  // ADD_READER: a guest, until this day. SHORTEN: the case is kept until this day
  std::string code;                  // what the kind asks for (crypto/format/approval.h)
};

// An approval whose request and decisions check.
struct CheckedApproval {
  v1::Approval approval;
  CheckedDecisions decisions;
  // Set when the reason is sealed to the caller; whoever asked knows it already.
  std::optional<std::string> reason;
};

class ApprovalDesk {
 public:
  // The desk outlives this object.
  explicit ApprovalDesk(StaffDesk& desk) : desk_(&desk) {}

  // What the caller asked for or may decide. The lines are the server's word; Get checks one.
  absl::StatusOr<std::vector<v1::Approval>> List();
  // The full name of the one approval of the caller's that begins with `prefix` (`approvals/` may be left out).
  // NOT_FOUND when none does, kInputInvalid when several do.
  absl::StatusOr<std::string> ApprovalOf(const std::string& prefix);
  // kApprovalInvalid when the server describes it otherwise than whoever asked signed it, or a signature does not verify.
  absl::StatusOr<CheckedApproval> Get(const std::string& name);

  // Asks. `reason` is sealed to those who may decide, each key from the checked directory, each in the deciding role there. CONFIRM_CLOCK
  // takes no case's name. RELEASE_IDENTITY opens the case and seals the reason to its reporter too.
  absl::StatusOr<v1::CreateApprovalResponse> Ask(const std::string& case_name, const ApprovalWish& wish,
                                                 const std::string& reason, format::Day today);
  // A custodian who approves a release gives their share with it (identity.h, ShareFor).
  absl::StatusOr<v1::DecideApprovalResponse> Decide(const CheckedApproval& checked, format::Decision decision,
                                                    format::Day today);
  absl::StatusOr<v1::CancelApprovalResponse> Cancel(const v1::Approval& approval);
  // Carries out what the caller asked for. For a new reader it opens the case, which the reporter sees, and wraps the
  // current key of each keyring to the machines that the directory lists. kApprovalInvalid when too few approved, whatever
  // the server says; kReaderNamed when the reporter named the person.
  absl::StatusOr<v1::ExecuteApprovalResponse> Execute(const CheckedApproval& checked);
  // Carries out RELEASE_IDENTITY, after it opened the case, and opens who the reporter is. Errors of identity.h. Keep the
  // answer in memory only: asking again takes the custodians again.
  absl::StatusOr<sealed::v1::Identity> Release(const CheckedApproval& checked);

 private:
  absl::StatusOr<std::vector<std::string>> GrantsFor(const CheckedApproval& checked);

  StaffDesk* desk_;
};

}  // namespace alcove::client
