// The row of an approval: what somebody who works on a case asked others to approve, and what they said. The rules are
// server/core/approvals; the row is a case's, dies with its key, and is read here to show by whom a reader was added.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/kinds.h"
#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"

namespace alcove::cases {

// A decision of one person, signed on their device.
struct SignedDecision {
  base::StaffSlug staff;
  format::Decision decision = format::Decision::kRefuse;
  crypto::KeyId key_id;  // the directory key that signed
  crypto::Signature signature;
  base::Instant at;
  crypto::Bytes share = {};  // "ALS1" of a custodian who approved the release of an identity; for who asked alone

  friend bool operator==(const SignedDecision&, const SignedDecision&) = default;
};

// What the reporter answered to a request for their identity, signed on their device.
struct Consent {
  format::Decision decision = format::Decision::kRefuse;
  crypto::Signature signature;
  base::Day day;

  friend bool operator==(const Consent&, const Consent&) = default;
};

// How it ended by an act of who asked, or of who took their approval back. A refusal and the end of its time are seen from
// decisions and clock.
enum class ApprovalEnd : std::uint8_t { kNone = 1, kCancelled, kExecuted };

struct Approval : base::Record {
  static constexpr base::Table kTable = base::Table::kApproval;
  std::string key() const { return base::RowKey(case_id, id); }

  base::CaseId case_id;
  base::ApprovalId id;
  format::ApprovalKind kind = format::ApprovalKind::kAddReader;
  base::StaffSlug requester;
  base::StaffSlug person;  // whom it concerns; empty where the kind concerns nobody
  std::string code;        // what the kind asks for (crypto/format/approval.h); empty where it asks for none
  format::ReleaseCondition condition = format::ReleaseCondition::kApproved;  // of a new reader
  std::optional<base::Day> until;  // a guest's last day, or the last on which a case is kept
  crypto::Bytes request;                                                     // "ALR1", as received
  base::Instant created;
  std::vector<SignedDecision> decisions;  // oldest first, one a person
  ApprovalEnd end = ApprovalEnd::kNone;
  base::StaffSlug cancelled_by;  // who withdrew it, or took their approval back; else empty
  std::uint32_t written = 0;     // entries of THREAD up to the reporter's newest, when it was asked for
  std::uint32_t revision = 0;  // counts changes; behind the etag
  // RELEASE_IDENTITY: how many custodians open the identity, and their encryption keys in its order.
  std::uint8_t threshold = 0;
  std::vector<crypto::KeyId> custodians;
  std::optional<Consent> consent;
};

}  // namespace alcove::cases
