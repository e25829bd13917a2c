// Decisions that take more than one person: asking, deciding, withdrawing, carrying out, and looking.
//
// Callers are people of the directory. For whoever is not party to an approval (reach.h) it does not exist: NOTHING_HERE.
// Who is party and may not do this, or not now, gets APPROVAL_REFUSED; what is not approved, APPROVAL_NOT_GRANTED. Every
// change is a leaf of the case's chain, which its reporter sees, in the transaction that makes it. All of a change passes
// through the case's row, so that decisions, cancelling, carrying out and everything else on the case stand in one order.
// `request_id`: UUIDv4 text; a repetition gets the same answer.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/approvals/rules.h"
#include "server/core/base/changes.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::approvals {

// Same numbers as ApprovalState of alcove.v1.
enum class State : std::uint8_t { kOpen = 1, kApproved, kRefused, kCancelled, kExecuted, kExpired };

// One custodian's line of a sealed identity (crypto/format/identity.h).
struct Held {
  std::uint8_t index = 0;
  std::uint8_t threshold = 0;
  std::uint8_t custodians = 0;
  crypto::Bytes sealed;  // by the reporter; empty where it was handed over
  crypto::Bytes handed;  // "ALS1" of the custodian who handed it over; empty otherwise
};

struct ApprovalView {
  cases::Approval approval;
  State state = State::kOpen;
  std::size_t needed = 0;
  base::Instant expires;
  std::optional<base::Day> ready;  // the first day on which it can be carried out; nothing where that is at once
  std::string etag;
  std::optional<base::Day> opens;  // RELEASE_IDENTITY without consent, once an approver agreed: identity.h
  std::optional<Held> held;        // the caller's share, where they may give it now
};

// Somebody who may decide, and the keys that a reason has to be sealed to.
struct Decider {
  base::StaffSlug staff;
  std::vector<crypto::KeyId> keys;
};

struct NewApproval {
  base::CaseId case_id;
  Terms terms;
  crypto::BytesView request;  // "ALR1"
};

struct Created {
  base::ApprovalId id;
  std::string etag;
  std::vector<Decider> deciders;
  std::size_t needed = 0;
};

// Whether this may be asked for, and who would decide. Nothing is kept; `request` is not looked at, id and etag stay empty.
// APPROVAL_REFUSED also when fewer could decide than are needed. Closing: TRANSITION_REFUSED, CODE_UNKNOWN, and what
// cases::CheckReady says the case lacks.
absl::StatusOr<Created> WhoDecides(const cases::Ports& ports, const base::StaffSlug& caller,
                                   const NewApproval& approval);

// FIELD_INVALID("request") when the request is malformed, not signed by the caller, or says something else than the terms;
// ETAG_STALE when it was made under another directory; GRANTS_MISMATCH when its reason is not sealed to exactly the deciders,
// for RELEASE_IDENTITY also to the mailbox.
absl::StatusOr<base::Outcome<Created>> CreateApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const std::string& request_id, const NewApproval& approval);

absl::StatusOr<ApprovalView> GetApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                         const base::ApprovalId& id);

struct ApprovalPage {
  std::vector<ApprovalView> approvals;
  std::string next_token;
};
// What the caller asked for or may decide, in no order that tells anything; 20 a page unless asked, at most 50. One leaf of
// its own kind that is shown in no case.
absl::StatusOr<base::Outcome<ApprovalPage>> ListApprovals(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const cases::PageRequest& page);

struct Decided {
  std::string etag;
  State state = State::kOpen;
};
// `signature` over the request's statement and the decision, by a directory key of the caller's; FIELD_INVALID otherwise.
// `share`: "ALS1" of a custodian who approves a release, empty from everybody else (identity.h, CheckBrought).
// LEGAL_HOLD for approving what a hold outranks while one stands; refusing is always possible.
absl::StatusOr<base::Outcome<Decided>> DecideApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const base::ApprovalId& id, const std::string& etag,
                                                      const std::string& request_id, format::Decision decision,
                                                      const crypto::Signature& signature,
                                                      crypto::BytesView share = {});

// By who asked, while nothing was refused, ran out or was carried out; for kinds with a waiting time also by whoever approved it,
// who takes that back: what buries something is easier stopped than done. Answers the new etag.
absl::StatusOr<base::Outcome<std::string>> CancelApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const base::ApprovalId& id, const std::string& etag,
                                                          const std::string& request_id);

// Carried out.
struct Executed {
  std::string etag;
  Released released;  // of RELEASE_IDENTITY; empty otherwise
};
// By who asked, once. Who approved must still be one who may decide, and what is asked for must still be allowed: the wall
// may have grown since. COOLING_OFF before the days between are over, CLOCK_FROZEN where only a clock that leapt says that they
// are; LEGAL_HOLD while a hold stands that outranks it, also one that was placed meanwhile; UNREAD where the reporter wrote in these
// days and nobody has read it. GRANTS_MISMATCH, EPOCH_STALE for the grants of a new reader; for closing and a release what
// WhoDecides says; for a release also what identity.h calls PathOver.
absl::StatusOr<base::Outcome<Executed>> ExecuteApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                           const base::ApprovalId& id, const std::string& etag,
                                                           const std::string& request_id,
                                                           std::span<const crypto::BytesView> grants);

}  // namespace alcove::approvals
