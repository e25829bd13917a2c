// People who were added to a case after its filing, and by whom: what every client checks before it believes in a reader
// whom the plan did not name, and before it wraps a key to one.
//
// The server keeps the request (who asked, for whom, on what condition) and the decisions, each under its author's
// signature. They count when
//   - the request is of this organisation and case, about this very person, condition and last day;
//   - at least one person who was an approver when it was asked, and is neither who asked nor whom it concerns, approved it;
//   - the case's record says that the person was added, by who asked;
//   - and, until an epoch's record lists the person, so that somebody has vouched for them by wrapping a key: who asked held the
//     case, as a reader of an epoch so far or by an admission of their own that checks.
// So neither the server nor one reader can add anybody.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/approval_service.pb.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/directory.h"
#include "client/lib/leaves.h"
#include "client/lib/thread.h"
#include "crypto/format/approval.h"

namespace alcove::client {

// A request and its decisions, every signature checked.
struct CheckedDecisions {
  format::ApprovalTerms terms;
  std::string requester;               // slug
  std::vector<crypto::KeyId> requester_keys;  // of their encryption keys
  std::vector<std::string> approvers;  // slugs, each in the deciding role and neither requester nor the person concerned
  std::vector<std::string> refusers;
};

// Has the role of those who decide: CONFIRM_CLOCK is an auditor's, RELEASE_IDENTITY custodians' and approvers', everything
// else an approver's.
bool HasDecidingRole(const format::Person& person, format::ApprovalKind kind);

// The server's fields say what whoever asked signed.
bool Describes(const v1::Approval& approval, const CheckedDecisions& decisions);

// `statement` owns the bytes that were signed. kApprovalInvalid when a signature is not by whom it names, somebody decided
// twice, or the statement is another organisation's.
absl::StatusOr<CheckedDecisions> CheckDecisions(DirectoryHistory& history, const format::OrganisationId& organisation,
                                                const format::ParsedStatement& statement,
                                                const std::vector<v1::SignedDecision>& decisions);

// Of one reader who was added.
struct Admitted {
  std::string requester;
  std::vector<std::string> approvers;
  format::Day until;  // day 0: no end
};

// Everybody among `readers` who was added and has not lost the case, by slug. kApprovalInvalid when one of them does not check.
absl::StatusOr<std::map<std::string, Admitted>> CheckAdmissions(const KeyringView& view, const KeyringKeys& keys,
                                                                const CheckedLeaves& leaves,
                                                                const std::vector<v1::Reader>& readers);

// Whoever reads a later epoch and not the one before was added, as the case's record says; and so was everybody who wrote
// under an epoch that does not list them, before they wrote. kReaderSurplus.
absl::Status CheckNewcomers(const KeyringView& view, const KeyringKeys& keys, const CheckedLeaves& leaves,
                            const std::vector<OpenedEntry>& entries);

}  // namespace alcove::client
