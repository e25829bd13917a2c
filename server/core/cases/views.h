// What decisions answer: values that a handler turns into messages field by field. No message type is known here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/records.h"
#include "server/core/clocks/check_ins.h"
#include "server/core/clocks/deadlines.h"

namespace alcove::cases {

// A request for one page. `token` is what the page before gave; empty for the first. It says where to go on and is never
// a right: every page asks the wall again.
struct PageRequest {
  std::uint32_t size = 0;  // 0: the method's default; more than its most is cut down to it
  std::string token;
};

// Why somebody who was added later is among the readers: what was asked for, and by whom it was approved.
struct Admission {
  crypto::Bytes statement;  // the request without its reason ("ALR1")
  std::vector<SignedDecision> decisions;
};

struct ReaderView {
  base::StaffSlug staff;
  std::string display_name;  // empty when the person left the directory
  grants::Purpose purpose = grants::Purpose::kDesk;
  format::ReleaseCondition condition = format::ReleaseCondition::kAssigned;
  crypto::KeyId key_id;
  bool released = false;
  std::optional<base::Instant> opened;
  bool lost = false;                // may not read on, whatever the cause
  std::optional<base::Day> until;  // a guest's last day
  base::ApprovalId approval;        // by which they were added; zero for those of the plan
  std::optional<Admission> admission;  // nothing for those of the plan
};

struct EpochView {
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t number = 0;
  crypto::Bytes record;
  bool stale = false;
};

struct ReleasedGrant {
  std::uint32_t epoch = 0;
  crypto::Bytes grant;
};

// Of a report that waits, or waited, for others to name the same person.
struct EscrowView {
  std::uint8_t others = 0;
  base::Day last;
  std::optional<base::Day> released;  // the day on which it went to the team, as far as the caller may know
  bool veiled = false;                // to the team: its reporter does not know yet
};

// A line of a list of cases.
struct CaseSummary {
  base::CaseId id;
  State state = State::kReceived;
  people::Facts facts;
  people::Urgency urgency = people::Urgency::kOrdinary;
  std::string desk;
  base::Day filed;
  std::vector<clocks::Deadline> deadlines;
  base::StaffSlug assignee;
  bool claimed = false;
  bool withdrawn = false;
  bool identity_held = false;
  EmploymentProof employment_proof = EmploymentProof::kNotAsked;
  std::vector<Hold> holds;
  bool unread = false;
  std::string etag;
  std::optional<EscrowView> escrow;  // nothing: an ordinary report
};

// Heads and lengths that a writer has to quote.
struct Heads {
  crypto::Digest thread;
  std::uint32_t thread_length = 0;
  crypto::Digest team;
  std::uint32_t team_length = 0;
  crypto::Digest leaf;
  std::uint32_t leaf_count = 0;
};

struct AllegationView {
  base::AllegationId id;
  std::string category;
  std::string finding;  // empty: none yet
  std::string etag;
};

struct MeasureView {
  base::MeasureId id;
  base::AllegationId allegation;  // zero: of the case as a whole
  std::string kind;
  base::StaffSlug owner;  // who sees to it now
  base::Day due;
  MeasureState state = MeasureState::kPlanned;
  bool overdue = false;
  std::string etag;
  OrderView order;  // no id where HR is told nothing
};

struct CaseDetail {
  CaseSummary summary;
  std::vector<EpochView> epochs;     // THREAD, then TEAM, oldest first
  std::vector<ReaderView> readers;
  Heads heads;
  crypto::EncryptionKey mailbox_encryption_key;
  crypto::VerifyKey mailbox_verify_key;
  std::vector<crypto::VerifyKey> former_mailbox_keys;  // oldest first
  std::vector<base::CaseId> linked;  // of the cases behind the same wall, those that the caller reaches
  std::vector<AllegationView> allegations;
  std::vector<MeasureView> measures;
  std::optional<base::Day> kept_until;  // kept.h
};

// A leaf as its reader opens it. Proofs are the ledger's: a leaf whose index is below the published size has one.
struct OpenedLeaf {
  std::uint32_t number = 0;  // in the case's chain; 0 for a leaf that is not in it
  std::uint64_t index = 0;
  crypto::Bytes content;
  crypto::Bytes salt;
};

// A case that is to go or is gone.
struct GoneView {
  Cause cause;
  std::optional<OpenedLeaf> leaf;  // case.shredded; nothing while it is only to go
  crypto::Bytes promise;           // "ALQ1"; empty until then
};

// The reporter's side. Nothing of TEAM is in it.
struct MailboxView {
  base::CaseId case_id;
  std::optional<GoneView> gone;  // then the rest is not set
  State state = State::kReceived;
  base::Day filed;
  std::vector<clocks::Deadline> deadlines;
  std::vector<EpochView> epochs;      // THREAD
  std::vector<ReleasedGrant> grants;  // the mailbox's own
  std::vector<ReaderView> readers;
  std::string etag;
  crypto::Digest thread_head;
  std::uint32_t thread_length = 0;
  crypto::Digest leaf_head;
  std::uint32_t leaf_count = 0;
  bool withdrawn = false;
  base::StaffSlug assignee;  // empty: nobody is left who may have it
  bool claimed = false;
  std::vector<clocks::CheckInTime> check_ins;
  std::vector<crypto::VerifyKey> former_keys;  // of the mailbox before its receipt was rotated, oldest first
  std::vector<Hold> holds;
  std::optional<base::Day> kept_until;  // kept.h
  bool unread = false;
  std::optional<EscrowView> escrow;  // nothing: an ordinary report
};

struct CasePage {
  std::vector<CaseSummary> cases;
  std::string next_token;
};

struct EntryPage {
  std::vector<Entry> entries;
  std::string next_token;
};

struct LeafPage {
  std::vector<OpenedLeaf> leaves;
  std::string next_token;
};

}  // namespace alcove::cases
