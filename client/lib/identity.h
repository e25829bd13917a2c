// Who a confidential reporter is: what the reporter, a custodian and whoever asked check and do on their own machines.
//
// A custodian opens their share and wraps it again to the device that asked, and to no other key. Whoever asked opens the
// identity with those shares and the key of the thread's first epoch; it is shown, and nothing is kept. The reporter sees the
// request with its reason, and answers under the mailbox's key where they are asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/approval_service.pb.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "client/lib/approvals.h"
#include "client/lib/leaves.h"
#include "client/lib/staff_case.h"
#include "client/lib/thread.h"
#include "crypto/format/day.h"

namespace alcove::client {

// Whole days that a reporter who is told and not asked has, from the end of the day on which an approver agreed.
inline constexpr uint32_t kNoticeDays = 7;

// The basis on which the reporter is asked.
bool AsksReporter(const format::ApprovalTerms& terms);

// A request for the reporter's identity as the reporter sees it, its signatures checked.
struct AskedIdentity {
  v1::Approval approval;
  CheckedDecisions decisions;
  // Nothing when it was sealed to a key that the mailbox had before its receipt was rotated.
  std::optional<std::string> reason;

  bool open() const;
  // The reporter can say yes or no.
  bool answerable() const;
};

// Everything that the server shows of such requests, against the record of the case: each was asked by whom it names, on the
// basis it names, and the newest that the record names is among them. kApprovalInvalid, kLeafOmitted.
absl::StatusOr<std::vector<AskedIdentity>> CheckAskedIdentities(const KeyringView& view, const v1::GetMailboxResponse& mailbox,
                                                                const CheckedLeaves& leaves,
                                                                const crypto::DecryptionKey& mailbox_key);

// The caller's share, wrapped to the device that signed the request. kApprovalInvalid when the caller has none to give now,
// when no approver agreed though the reporter is not asked, or when by this machine's clock the reporter's days cannot be over;
// kReaderNotInDirectory when the device that asked is nobody's any more.
absl::StatusOr<std::string> ShareFor(StaffDesk& desk, const CheckedApproval& checked, format::Day today);

// Before it is carried out: enough custodians approved, and an approver or the reporter did, under keys that check.
// kApprovalInvalid.
absl::Status CheckGranted(StaffDesk& desk, const CheckedApproval& checked, const OpenedCase& opened);

// Opens what came back. Every share is for this request, of a custodian whom the sealed identity names and who approved,
// signed by them: kApprovalInvalid otherwise, and also when no choice of shares opens it.
absl::StatusOr<sealed::v1::Identity> OpenReleased(StaffDesk& desk, const CheckedApproval& checked, const OpenedCase& opened,
                                                  const v1::ExecuteApprovalResponse& response);

// What became of the caller's shares.
struct HandedOver {
  size_t handed = 0;
  size_t refused = 0;    // the service refuses: they hold another share of that identity, or stand behind its wall
  size_t elsewhere = 0;  // does not open with the key in use: it is with another key of the caller's
};

// Opens every share of the caller's and wraps it to a key of this custodian's, whom the checked directory lists, or, where it is the
// caller themselves, to their other key. Ends at the first failure of the line; what was handed over until then stays so, and
// running it again does the rest. kReaderNotInDirectory.
absl::StatusOr<HandedOver> HandSharesOver(StaffDesk& desk, const std::string& slug);

}  // namespace alcove::client
