// The leaf "ALL1": one thing that happened, as the ledger records it. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALL1"
//        4    2  kind (table below)
//        6   16  organisation
//       22   16  case; zero if the leaf is of no case
//       38    4  number in the case's chain, from 1; zero if the leaf is not in it (the reporter does not see it)
//       42    4  day (day.h)
//       46    4  time: seconds since midnight UTC plus 1, staff acts only; zero where no time is kept
//       50  1+n  actor: length, then the slug of staff or service; empty for reporter and server
//       51+n 2+m details: length, then what the kind asks for
//
// Details by kind. `text` is one byte of length and UTF-8; ids and hashes are raw.
//
//    code  kind                 details
//       1  case.filed           entry hash 32 of the report's envelope
//       2  case.assigned        staff text
//       3  case.claimed         -
//       4  case.opened          keyring 1                                      staff fetched their released grants
//       5  grant.released       staff text, release condition 1                the staff member's grants ceased to be dormant
//       6  entry.appended       keyring 1, sequence 4, entry 16, entry hash 32
//       7  state.changed        from 1, to 1 (CaseState of alcove.v1), reason text
//       8  case.withdrawn       -
//       9  entries.read         keyring 1, first sequence 4, count 4
//      10  blob.read            blob 16
//      11  history.read         -
//      12  cases.listed         -
//      13  access.refused       -                                              alike for ids that exist and that do not
//      14  directory.published  version 4, SHA-256 of the note 32
//      15  policy.published     document text, version 4, SHA-256 of the note 32
//      16  ledger.listed        -                                              an auditor fetched a page of leaf hashes
//      17  reader.lost          staff text                                     may not read on: conflict, no key, a guest's last day
//      18  subjects.corrected   people added 1                                 the wall grew
//      19  cases.linked         -                                              not shown to the reporter
//      20  grant.bad            keyring 1, epoch 4, key id 16 of who wrapped it  a reader's grant did not open
//      21  grant.destroyed      staff text, release condition 1                a dormant grant that is not needed any more
//      22  readers.excluded     people added 1                                 the reporter keeps out more people
//      23  chart.synced         version 4, added 4, changed 4, removed 4
//      24  approval.requested   approval 16, kind 1
//      25  approval.decided     approval 16, decision 1
//      26  approval.cancelled   approval 16
//      27  approval.executed    approval 16, kind 1
//      28  reader.added         staff text, release condition 1, last day 4    a day of zero: no last day
//      29  wall.lifted          staff text                                     ended edges of the chart count no more for this person
//      30  approvals.listed     -
//      31  allegation.created   allegation 16, category text                 not shown to the reporter
//      32  finding.set          allegation 16, finding text                  not shown to the reporter
//      33  measure.created      measure 16, kind text, last day 4            not shown to the reporter
//      34  measure.changed      measure 16, state 1                          not shown to the reporter
//      35  measure.overdue      measure 16                                   not shown to the reporter
//      36  tasks.listed         -
//      37  clock.frozen         from day 4, to day 4                         the clock leapt: releases wait
//      38  clock.confirmed      -                                            an administrator and an auditor say it is right
//      39  clock.released       -                                            72 hours of running were over: releases go on
//      40  check_in.answered    since 1, days 4                              since 1: the filing, 2: the closing
//      41  receipt.rotated      -
//      42  summary.served       entry 16, entry hash 32
//      43  identity.asked       approval 16, basis text                      somebody wants to know who the reporter is
//      44  identity.notified    approval 16                                  it does not need their consent: they are told first
//      45  consent.decided      approval 16, decision 1
//      46  share.given          approval 16, index 1                         a custodian, for whoever asked alone
//      47  identity.released    approval 16
//      48  case.exported        purpose 1 (ExportPurpose)                       taken out of the service, redacted for it
//      49  share.handed_over    index 1, staff text                             a custodian, who holds it no longer
//      50  shares.listed        -                                               a custodian, by the identities that they hold a share of
//      51  hold.placed          reason text                                    nothing of the case may go from now on
//      52  hold.lifted          reason text
//      53  case.doomed          approval 16                                    the case is to be shredded; zero: its retention ended
//      54  case.kept            -                                              a hold came before the shredding: what was to go stays
//      55  retention.shortened  last day 4
//      61  case.shredded        mailbox hash 32 (TombstoneMailbox), cause 1 (kind of approval; 0: retention; 255: escrow over),
//                               approval 16, day of the decision 4, epoch 4 of the server's key that was destroyed
//      62  entry.redacted       keyring 1, sequence 4, entry hash 32, approval 16
//      63  store.rekeyed        epoch 4 of the server's key that was destroyed
//      67  reader.machines      staff text, machines 1                         they hold a key on so many now; 0: none until somebody writes
//      68  service.called       method text                                     a service account, whatever it calls; of no case
//      70  action.submitted     action 16, SHA-256 of the letter 32             an adverse action of HR's (officer_letter.h)
//      71  action.repeated      action 16                                      HR submitted about the same employee again
//      72  action.read          action 16                                      HR asked
//      73  action.cancelled     action 16                                      HR took it back
//      74  action.decided       action 16, verdict 1                            by an officer: 1 it may be done, 2 it may not
//      75  actions.listed                                                      of no case
//      76  alerts.listed                                                       of no case
//      77  protection.requested request 16, SHA-256 of the letter 32            somebody asked for protection; of no case
//      78  protection.listed                                                   of no case
//      80  tokens.issued        kind text, quarter text, tokens 1               to an employee, who stands in no leaf; of no case
//      85  escrow.held          others 1, last day 4                           to be sent once so many others name the same person
//      86  escrow.released      day 4                                          since when the team has it; told with its first words
//      90  order.placed         order 16, measure 16                           HR is to carry out a measure (officer_letter.h)
//      91  order.answered       order 16, state 1, reason text                 by HR: 2 executed, 3 refused
//      92  orders.listed                                                       of no case
//
// Numbers that are left out are no kinds.
//
// The ledger holds only a commitment: SHA-256("alcove leaf v1" 0x00 salt 32 content). That is the leaf of the RFC 6962
// tree; its leaf hash is SHA-256(0x00 commitment). Whoever holds content and salt can show what the leaf says; the hash
// alone says nothing.
//
// The leaves of a case that its reporter may see form a chain of their own: head_0 is zero,
// head_n = SHA-256("alcove case chain v1" 0x00 head_(n-1) n4 commitment_n). Every signed entry quotes the head its author
// has seen (envelope.h), so a leaf that is left out, or shown to one side only, does not fit what the other side signed.
//
// Errors: those of errors.h. Threads: any; parsed values own their bytes.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;

enum class LeafKind : uint16_t {
  kCaseFiled = 1,
  kCaseAssigned = 2,
  kCaseClaimed = 3,
  kCaseOpened = 4,
  kGrantReleased = 5,
  kEntryAppended = 6,
  kStateChanged = 7,
  kCaseWithdrawn = 8,
  kEntriesRead = 9,
  kBlobRead = 10,
  kHistoryRead = 11,
  kCasesListed = 12,
  kAccessRefused = 13,
  kDirectoryPublished = 14,
  kPolicyPublished = 15,
  kLedgerListed = 16,
  kReaderLost = 17,
  kSubjectsCorrected = 18,
  kCasesLinked = 19,
  kGrantBad = 20,
  kGrantDestroyed = 21,
  kReadersExcluded = 22,
  kChartSynced = 23,
  kApprovalRequested = 24,
  kApprovalDecided = 25,
  kApprovalCancelled = 26,
  kApprovalExecuted = 27,
  kReaderAdded = 28,
  kWallLifted = 29,
  kApprovalsListed = 30,
  kAllegationCreated = 31,
  kFindingSet = 32,
  kMeasureCreated = 33,
  kMeasureChanged = 34,
  kMeasureOverdue = 35,
  kTasksListed = 36,
  kClockFrozen = 37,
  kClockConfirmed = 38,
  kClockReleased = 39,
  kCheckInAnswered = 40,
  kReceiptRotated = 41,
  kSummaryServed = 42,
  kIdentityAsked = 43,
  kIdentityNotified = 44,
  kConsentDecided = 45,
  kShareGiven = 46,
  kIdentityReleased = 47,
  kCaseExported = 48,
  kShareHandedOver = 49,
  kSharesListed = 50,
  kHoldPlaced = 51,
  kHoldLifted = 52,
  kCaseDoomed = 53,
  kCaseKept = 54,
  kRetentionShortened = 55,
  kCaseShredded = 61,
  kEntryRedacted = 62,
  kStoreRekeyed = 63,
  kReaderMachines = 67,
  kServiceCalled = 68,
  kActionSubmitted = 70,
  kActionRepeated = 71,
  kActionRead = 72,
  kActionCancelled = 73,
  kActionDecided = 74,
  kActionsListed = 75,
  kAlertsListed = 76,
  kProtectionRequested = 77,
  kProtectionListed = 78,
  kTokensIssued = 80,
  kEscrowHeld = 85,
  kEscrowReleased = 86,
  kOrderPlaced = 90,
  kOrderAnswered = 91,
  kOrdersListed = 92,
};
inline constexpr uint16_t kLastLeafKind = 92;

// Numbers run to kLastLeafKind, with gaps.
bool IsLeafKind(uint16_t number);

// `case.filed`, ...
std::string_view Name(LeafKind kind);

// Details, one maker for each kind that has any. Texts longer than 255 bytes are cut there.
namespace details {
Bytes Filed(const Digest& entry_hash);
Bytes Assigned(std::string_view staff);
Bytes Opened(Keyring keyring);
Bytes Released(std::string_view staff, ReleaseCondition condition);
Bytes Appended(Keyring keyring, uint32_t sequence, const EntryId& entry, const Digest& entry_hash);
Bytes StateChanged(uint8_t from, uint8_t to, std::string_view reason);
Bytes EntriesRead(Keyring keyring, uint32_t first_sequence, uint32_t count);
Bytes BlobRead(const BlobId& blob);
Bytes DirectoryPublished(uint32_t version, const Digest& note_hash);
Bytes PolicyPublished(std::string_view document, uint32_t version, const Digest& note_hash);
Bytes ReaderLost(std::string_view staff);
// On how many machines this reader holds a key now; 0: on none until somebody writes.
Bytes ReaderMachines(std::string_view staff, uint8_t machines);
// `method`: `/alcove.v1.HrService/CommitSync`, cut to 255 bytes.
Bytes ServiceCalled(std::string_view method);
// Of subjects.corrected and readers.excluded.
Bytes PeopleAdded(uint8_t count);
Bytes GrantBad(Keyring keyring, uint32_t epoch, const crypto::KeyId& maker);  // signing key of who wrapped the grant
Bytes GrantDestroyed(std::string_view staff, ReleaseCondition condition);
Bytes ChartSynced(uint32_t version, uint32_t added, uint32_t changed, uint32_t removed);
Bytes ApprovalRequested(const ApprovalId& approval, ApprovalKind kind);
Bytes ApprovalDecided(const ApprovalId& approval, Decision decision);
Bytes ApprovalCancelled(const ApprovalId& approval);
Bytes ApprovalExecuted(const ApprovalId& approval, ApprovalKind kind);
// `until`: a guest's last day; day 0 where there is none.
Bytes ReaderAdded(std::string_view staff, ReleaseCondition condition, Day until);
Bytes WallLifted(std::string_view staff);
Bytes AllegationCreated(const AllegationId& allegation, std::string_view category);
Bytes FindingSet(const AllegationId& allegation, std::string_view finding);
Bytes MeasureCreated(const MeasureId& measure, std::string_view kind, Day due);
Bytes MeasureChanged(const MeasureId& measure, uint8_t state);
Bytes MeasureOverdue(const MeasureId& measure);
Bytes ClockFrozen(Day from, Day to);
Bytes CheckInAnswered(uint8_t since, uint32_t days);
Bytes SummaryServed(const EntryId& entry, const Digest& entry_hash);
Bytes IdentityAsked(const ApprovalId& approval, std::string_view basis);
Bytes IdentityNotified(const ApprovalId& approval);
Bytes ConsentDecided(const ApprovalId& approval, Decision decision);
Bytes ShareGiven(const ApprovalId& approval, uint8_t index);
Bytes IdentityReleased(const ApprovalId& approval);
Bytes Exported(ExportPurpose purpose);
Bytes ShareHandedOver(uint8_t index, std::string_view staff);
// Of hold.placed and hold.lifted.
Bytes Hold(std::string_view reason);
// `approval`: zero where the retention ended.
Bytes CaseDoomed(const ApprovalId& approval);
Bytes RetentionShortened(Day last);
// `cause`: number of the ApprovalKind; 0 for retention and kEscrowOver for an escrow that nobody matched, whose approval is zero. `mailbox` as TombstoneMailbox gives it.
Bytes CaseShredded(const Digest& mailbox, uint8_t cause, const ApprovalId& approval, Day decided, uint32_t key_epoch);
// `approval`: zero where none asked for it.
Bytes EntryRedacted(Keyring keyring, uint32_t sequence, const Digest& entry_hash, const ApprovalId& approval);
Bytes StoreRekeyed(uint32_t key_epoch);
// Of action.repeated, .read and .cancelled.
Bytes ActionDone(const AdverseActionId& action);
// `letter` is the SHA-256 of the letter as it was sent (officer_letter.h).
Bytes ActionSubmitted(const AdverseActionId& action, const Digest& letter);
// 1: may be done, 2: may not.
Bytes ActionDecided(const AdverseActionId& action, uint8_t verdict);
Bytes ProtectionRequested(const ProtectionRequestId& request, const Digest& letter);
Bytes TokensIssued(TokenKind kind, std::string_view quarter, uint8_t tokens);
// `others`: how many others have to name the same person. `last`: the last day on which it can be sent.
Bytes EscrowHeld(uint8_t others, Day last);
// `day`: on which the report went to the team.
Bytes EscrowReleased(Day day);
Bytes OrderPlaced(const MeasureOrderId& order, const MeasureId& measure);
// `state`: 2 executed, 3 refused; `reason` is empty where it was executed.
Bytes OrderAnswered(const MeasureOrderId& order, uint8_t state, std::string_view reason);
}  // namespace details

// A leaf's content, field by field.
struct Leaf {
  LeafKind kind = LeafKind::kCaseFiled;
  OrganisationId organisation;
  // Zero: of no case.
  CaseId case_id;
  // Zero: not in the case's chain.
  uint32_t number = 0;
  Day day;
  // Seconds since midnight UTC plus 1; zero: no time is kept.
  uint32_t time = 0;
  // A slug, or empty.
  std::string actor;
  // As one of the makers above gives it.
  Bytes details;

  bool operator==(const Leaf&) const = default;
};

// The content "ALL1". The leaf keeps the rules that ParseLeaf checks, else the result will not parse.
Bytes LeafContent(const Leaf& leaf);

// Checks codes, ranges, that the actor is a slug or empty, that a number stands only with a case, and the details' shape.
absl::StatusOr<Leaf> ParseLeaf(BytesView content);

// Details as words for people: {"keyring", "THREAD"}, {"staff", "amira"}. Hashes and ids in base32 or hex.
std::vector<std::pair<std::string, std::string>> DescribeDetails(const Leaf& leaf);

struct LeafSaltTag { static constexpr std::string_view kName = "leaf salt"; };
using LeafSalt = crypto::FixedBytes<32, LeafSaltTag>;

// What the ledger holds.
Digest LeafCommitment(const LeafSalt& salt, BytesView content);
// RFC 6962 leaf hash of a commitment.
Digest LeafHash(const Digest& commitment);

// SHA-256("alcove tombstone v1" 0x00 organisation 16 mailbox 16): ties what is left of a case to whoever has its receipt.
Digest TombstoneMailbox(const OrganisationId& organisation, const MailboxId& mailbox);

// The cause of what was held for others to name the same person, and went unread on the day that its reporter chose.
inline constexpr uint8_t kEscrowOver = 255;

// The details of a leaf case.shredded.
struct Shredded {
  Digest mailbox;
  uint8_t cause = 0;  // number of the ApprovalKind; 0: retention; kEscrowOver
  ApprovalId approval;
  Day decided;
  uint32_t key_epoch = 0;
};
// kMalformed for a leaf of another kind, for a cause that is none, and where an approval stands without its kind.
absl::StatusOr<Shredded> ParseShredded(const Leaf& leaf);

Digest NextChainHead(const Digest& head, uint32_t number, const Digest& commitment);

// The reporter's check of a whole chain, from number 1 on.
class LeafChain {
 public:
  LeafChain(const OrganisationId& organisation, const CaseId& case_id) : organisation_(organisation), case_(case_id) {}

  // kBrokenChain unless the content is of this organisation and case and carries the next number.
  absl::StatusOr<Leaf> Append(BytesView content, const LeafSalt& salt);

  uint32_t count() const { return count_; }
  const Digest& head() const { return head_; }
  // The head after the first `count` leaves: what an entry that quotes that count must quote as well.
  // OUT_OF_RANGE when so many have not been appended.
  absl::StatusOr<Digest> HeadAt(uint32_t count) const;

 private:
  OrganisationId organisation_;
  CaseId case_;
  uint32_t count_ = 0;
  Digest head_;
  std::vector<Digest> heads_;
};

}  // namespace alcove::format
