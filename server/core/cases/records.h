// The rows of a case. Shapes of the keys: base/tables.h. How each is written to disk: server/storage.
//
// The row `Case` is the one every change of a case passes through: it carries the heads of both keyrings and of the
// case's chain of leaves, so expecting it unchanged puts all acts on a case in one order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/case_states.h"
#include "crypto/format/kinds.h"
#include "crypto/format/token.h"
#include "server/core/access/wall.h"
#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"
#include "server/core/clocks/marks.h"
#include "server/core/grants/holder.h"
#include "server/core/people/facts.h"
#include "server/core/people/profiles.h"

namespace alcove::cases {

using State = format::CaseState;  // moves: states.h

// One keyring of a case: a chain of entries and a row of epochs.
struct KeyringState {
  std::uint32_t epochs = 0;           // number of epochs; the current one is epochs - 1; 0 only in a TEAM nobody wrote to
  std::uint32_t length = 0;           // number of entries
  crypto::Digest head;                // hash of the last entry; zero while there is none
  crypto::Digest epoch_record_hash;   // of the current epoch's record
  std::uint32_t seen_leaves = 0;      // leaves of the case's chain that the last entry's author had seen
  base::Day last_day;                 // as the last entry's envelope has it
  std::vector<grants::Holder> holders;  // of the current epoch, the mailbox not among them, in the record's order
  bool reported = false;  // a reader could not open their grant of the current epoch: the next writer makes a new one

  friend bool operator==(const KeyringState&, const KeyringState&) = default;
};

// The newest summary of the allegations for the accused: it is served only after its reporter saw it.
struct Summary {
  std::uint32_t sequence = 0;  // of its entry in THREAD
  base::Day shown;
  bool answered = false;

  friend bool operator==(const Summary&, const Summary&) = default;
};

// Keeps everything of a case, whatever was approved and however long ago it ended (holds.h).
struct Hold {
  std::string reason;  // code of the taxonomy's `hold.reason`
  base::Day since;

  friend bool operator==(const Hold&, const Hold&) = default;
};

// What is known of whether the reporter works here. Same numbers as alcove.v1.EmploymentProof.
enum class EmploymentProof : std::uint8_t {
  kNotAsked = 1,
  kProved = 2,     // an employment token was spent on the filing
  kNotProved = 3,  // the desk prefers one, and none came
};

struct Case;

// The report is sent only once so many others have named the same person (escrow.h).
struct Escrow {
  std::uint8_t others = 0;                 // how many others, not counting this one
  base::Day last;                          // the last day on which it can be sent: its reporter's choice
  format::TokenNullifier voice;            // of the token that it was filed with: nobody has two of one quarter
  std::vector<base::EmployeeId> about;     // whom it names, as the chart had them at the filing; sorted, at least one
  std::optional<base::Day> released;       // the day on which it went to the team; nothing: it waits
  // Released, and the team has not written to the reporter yet: the case as it would be had it not been released. It is what the
  // reporter sees and what their acts are decided on. Empty or one.
  std::vector<Case> face;
  bool is_face = false;  // this is such a face: nobody's grants hang on it. Not stored: its place says it
};

struct Case : base::Record {
  static constexpr base::Table kTable = base::Table::kCase;
  std::string key() const { return base::RowKey(id); }

  base::CaseId id;
  base::MailboxId mailbox;
  crypto::EncryptionKey mailbox_encryption_key;
  crypto::VerifyKey mailbox_verify_key;

  std::uint32_t revision = 0;  // counts changes of state, assignment and claim; behind the etag, never shown itself
  State state = State::kReceived;
  std::optional<State> resumes_to;  // on hold: the state it was in
  people::Facts facts;
  people::Urgency urgency = people::Urgency::kOrdinary;
  std::string rule;  // id of the routing rule that fired
  std::string desk;
  std::uint32_t directory_version = 0;  // of the filing's plan

  std::string profile;         // id of the profile at filing
  people::Terms terms;         // its terms at filing: the stricter of these and today's hold
  people::Calendar calendar;   // its calendar at filing, for days the current one does not cover any more
  clocks::Marks marks;

  access::Wall wall;
  base::StaffSlug assignee;  // empty: nobody is left who may have it
  bool claimed = false;
  bool withdrawn = false;
  bool identity_held = false;
  EmploymentProof employment_proof = EmploymentProof::kNotAsked;  // as it was filed; no later policy changes it

  // Points at which the risk of detriment was assessed since the case was last reopened: bit 0 is at intake, bit 4 after
  // closing, in the order of format::EntryKind.
  std::uint8_t assessed = 0;
  bool notified = false;  // the reporter was told the outcome, since the case was last reopened
  std::optional<Summary> summary;
  std::vector<clocks::CheckIn> check_ins;  // those that were answered
  // Entries of THREAD up to and with the newest that the reporter wrote; and those, from the first on, that somebody of the team
  // has fetched. Where `read` is less there is something that nobody has read.
  std::uint32_t written = 0;
  std::uint32_t read = 0;

  std::vector<Hold> holds;     // that stand, oldest first, one for each reason
  std::string closing_reason;  // of the newest closing; empty while the case is open
  people::Retention retention;           // of its profile at filing
  std::optional<base::Day> shortened;  // approved: the last day on which it is kept, while the reporter writes nothing more
  // Keys that the mailbox had before its receipt was rotated, oldest first: entries of then verify under them.
  std::vector<crypto::VerifyKey> former_mailbox_keys;

  KeyringState thread;
  KeyringState team;

  std::uint32_t leaf_count = 0;  // reporter-visible leaves; the newest has this number
  crypto::Digest leaf_head;
  base::Day leaf_day;  // of the newest leaf; days in the chain never go back, whatever the clock does
  std::uint32_t history_length = 0;  // leaves of the team's history that the reporter does not see

  std::uint64_t blob_bytes = 0;  // of all blobs that entries name

  std::vector<base::CaseId> linked;  // the others that stand behind the same wall, sorted; at most kMostLinked - 1

  std::optional<Escrow> escrow;  // nothing: an ordinary report
};

// Cases that stand behind one wall.
inline constexpr std::size_t kMostLinked = 16;

// An attachment as an entry names it.
struct BlobName {
  base::BlobId id;
  std::uint32_t size = 0;  // of the padded ciphertext

  friend bool operator==(const BlobName&, const BlobName&) = default;
};

struct Entry : base::Record {
  static constexpr base::Table kTable = base::Table::kEntry;
  std::string key() const { return base::RowKey(case_id, static_cast<std::uint8_t>(keyring), sequence); }

  base::CaseId case_id;
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t sequence = 0;
  base::EntryId id;
  format::EntryKind kind = format::EntryKind::kReport;
  std::uint32_t epoch = 0;
  crypto::Bytes envelope;  // byte for byte as its author sent it
  std::vector<BlobName> blobs;
  base::Day day;
  std::optional<base::Instant> time;  // staff only
  base::StaffSlug author;             // empty: the reporter
};

// One generation of a keyring's key. The record is written once; of the grants, those of readers who left are deleted.
struct Epoch : base::Record {
  static constexpr base::Table kTable = base::Table::kEpoch;
  std::string key() const { return base::RowKey(case_id, static_cast<std::uint8_t>(keyring), number); }

  base::CaseId case_id;
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t number = 0;
  crypto::Bytes record;               // "ALE1"
  std::vector<crypto::Bytes> grants;  // "ALG1", in the record's order; empty where it was deleted
  std::vector<crypto::Bytes> added;   // "ALG1" to people who were added later: the record does not list them
};

// One thing that is alleged. What and of whom is sealed in its entry of TEAM; the server knows codes.
struct Allegation : base::Record {
  static constexpr base::Table kTable = base::Table::kAllegation;
  std::string key() const { return base::RowKey(case_id, id); }

  base::CaseId case_id;
  base::AllegationId id;
  std::string category;  // code of the taxonomy's `category`
  std::string finding;   // code of the taxonomy's `finding`; empty: none yet
  std::uint32_t revision = 0;  // counts changes; behind the etag
  std::optional<base::Day> false_until;  // approved: the last day on which it may be found to be knowingly false
};

// Same numbers as alcove.v1.MeasureState.
enum class MeasureState : std::uint8_t { kPlanned = 1, kRunning, kDone, kCancelled };

// Something that has to be done: for now, against a subject, for who was harmed, or by the organisation.
struct Measure : base::Record {
  static constexpr base::Table kTable = base::Table::kMeasure;
  std::string key() const { return base::RowKey(case_id, id); }

  base::CaseId case_id;
  base::MeasureId id;
  base::AllegationId allegation;  // zero: of the case as a whole
  std::string kind;               // group and code: "interim.no_contact" is `no_contact` of the taxonomy's `measure.interim`
  base::StaffSlug owner;          // who sees to it
  base::Day due;                  // last day
  MeasureState state = MeasureState::kPlanned;
  bool overdue = false;  // its last day went by, and that was written down
  base::MeasureOrderId order;  // what HR is told to do (orders.h); zero: nothing
  std::uint32_t revision = 0;  // counts changes; behind the etag
};

// A confidential identity as the reporter sealed it ("ALI1"), and what custodians handed over since.
struct Identity : base::Record {
  static constexpr base::Table kTable = base::Table::kIdentity;
  std::string key() const { return base::RowKey(case_id); }

  base::CaseId case_id;
  crypto::Bytes sealed;
  std::vector<crypto::Bytes> handed;  // "ALS1" each, the oldest first (custody.h)
};

// A leaf of the case's chain, opened: what the reporter sees and can check. Where it stands in the ledger says
// ledger::LeafPlace.
struct CaseLeaf : base::Record {
  static constexpr base::Table kTable = base::Table::kCaseLeaf;
  std::string key() const { return base::RowKey(case_id, number); }

  base::CaseId case_id;
  std::uint32_t number = 0;  // from 1, as in the leaf's content
  crypto::Digest head;       // of the chain with this leaf
  crypto::Bytes content;     // "ALL1"
  crypto::Bytes salt;        // 32 bytes
  crypto::Bytes promise;     // "ALQ1" for the filing, else empty
};

// A leaf that the team sees in the case's history and the reporter does not: what concerns TEAM only.
struct HistoryLeaf : base::Record {
  static constexpr base::Table kTable = base::Table::kHistory;
  std::string key() const { return base::RowKey(case_id, number); }

  base::CaseId case_id;
  std::uint32_t number = 0;  // from 1, in the order of these rows
  std::uint32_t after = 0;   // leaves the case's chain had then: where the row stands in the history
  crypto::Bytes content;
  crypto::Bytes salt;
};

// Which case, keyring and entry a blob belongs to, and how much of it has arrived.
struct Blob : base::Record {
  static constexpr base::Table kTable = base::Table::kBlob;
  std::string key() const { return base::RowKey(id); }

  base::BlobId id;
  base::CaseId case_id;
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t sequence = 0;  // of the entry that names it
  base::StaffSlug author;      // who may write it; empty: the reporter
  std::uint32_t size = 0;      // as named
  std::uint32_t received = 0;  // durable bytes, from the start
};

// One part of a blob: 128 KiB, fewer only in the last.
struct BlobPart : base::Record {
  static constexpr base::Table kTable = base::Table::kBlobPart;
  std::string key() const { return base::RowKey(case_id, blob, part); }

  base::CaseId case_id;
  base::BlobId blob;
  std::uint32_t part = 0;  // offset / 128 KiB
  crypto::Bytes data;
};

// The way from the twelve words to the case.
struct Mailbox : base::Record {
  static constexpr base::Table kTable = base::Table::kMailbox;
  std::string key() const { return base::RowKey(id); }

  base::MailboxId id;
  base::CaseId case_id;
  crypto::VerifyKey verify_key;
};

// A grant of this case has been released to this person. The row is where every call of staff begins: without it a case
// is not looked at, so a case that exists and one that does not cost the same (promise P3). Having it is not yet a right.
struct Membership : base::Record {
  static constexpr base::Table kTable = base::Table::kMembership;
  std::string key() const { return base::RowKey(staff, case_id); }

  base::StaffSlug staff;
  base::CaseId case_id;
};

// Which escrowed reports name an employee, waiting and released ones. Whoever files or releases one puts this row, so that
// two filings about one person come one after the other and none overlooks the other.
struct EscrowRoll : base::Record {
  static constexpr base::Table kTable = base::Table::kEscrowRoll;
  std::string key() const { return base::RowKey(employee); }

  base::EmployeeId employee;
  std::vector<base::CaseId> cases;  // sorted, so that the row does not say in which order they came; at least one
};

// A request that was carried out, so that its repetition gives the same answer. `key_hash` is a keyed hash of the
// request id and of the caller, or of the method where the caller is a reporter: nothing in the row names a reporter.
struct Request : base::Record {
  static constexpr base::Table kTable = base::Table::kRequest;
  std::string key() const { return std::string(key_hash.view()); }

  crypto::Digest key_hash;
  crypto::Digest digest;  // of what was asked
  base::Day day;
  crypto::Bytes answer;  // staff's calls only; a reporter's answers are made again from the case
};

}  // namespace alcove::cases
