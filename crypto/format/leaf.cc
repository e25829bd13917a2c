#include "crypto/format/leaf.h"

#include <algorithm>
#include <iterator>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "leaf";
constexpr std::string_view kMagic = "ALL1";
constexpr uint32_t kSecondsPerDay = 86400;

struct KindRow {
  LeafKind kind;
  std::string_view name;
  // The details, one letter a field: k keyring, c condition, s a state or small count, u 32-bit number, i 16-byte id,
  // h 32-byte hash, t text, p the slug of a person, a kind of approval, d decision, y day or none, x purpose of an export.
  std::string_view fields;
  // What DescribeDetails calls them, separated by one space.
  std::string_view labels;
};

constexpr KindRow kKinds[] = {
    {LeafKind::kCaseFiled, "case.filed", "h", "entry-hash"},
    {LeafKind::kCaseAssigned, "case.assigned", "p", "staff"},
    {LeafKind::kCaseClaimed, "case.claimed", "", ""},
    {LeafKind::kCaseOpened, "case.opened", "k", "keyring"},
    {LeafKind::kGrantReleased, "grant.released", "pc", "staff condition"},
    {LeafKind::kEntryAppended, "entry.appended", "kuih", "keyring sequence entry entry-hash"},
    {LeafKind::kStateChanged, "state.changed", "sst", "from to reason"},
    {LeafKind::kCaseWithdrawn, "case.withdrawn", "", ""},
    {LeafKind::kEntriesRead, "entries.read", "kuu", "keyring first count"},
    {LeafKind::kBlobRead, "blob.read", "i", "blob"},
    {LeafKind::kHistoryRead, "history.read", "", ""},
    {LeafKind::kCasesListed, "cases.listed", "", ""},
    {LeafKind::kAccessRefused, "access.refused", "", ""},
    {LeafKind::kDirectoryPublished, "directory.published", "uh", "version note-hash"},
    {LeafKind::kPolicyPublished, "policy.published", "tuh", "document version note-hash"},
    {LeafKind::kLedgerListed, "ledger.listed", "", ""},
    {LeafKind::kReaderLost, "reader.lost", "p", "staff"},
    {LeafKind::kSubjectsCorrected, "subjects.corrected", "s", "count"},
    {LeafKind::kCasesLinked, "cases.linked", "", ""},
    {LeafKind::kGrantBad, "grant.bad", "kui", "keyring epoch maker"},
    {LeafKind::kGrantDestroyed, "grant.destroyed", "pc", "staff condition"},
    {LeafKind::kReadersExcluded, "readers.excluded", "s", "count"},
    {LeafKind::kChartSynced, "chart.synced", "uuuu", "version added changed removed"},
    {LeafKind::kApprovalRequested, "approval.requested", "ia", "approval kind"},
    {LeafKind::kApprovalDecided, "approval.decided", "id", "approval decision"},
    {LeafKind::kApprovalCancelled, "approval.cancelled", "i", "approval"},
    {LeafKind::kApprovalExecuted, "approval.executed", "ia", "approval kind"},
    {LeafKind::kReaderAdded, "reader.added", "pcy", "staff condition until"},
    {LeafKind::kWallLifted, "wall.lifted", "p", "staff"},
    {LeafKind::kApprovalsListed, "approvals.listed", "", ""},
    {LeafKind::kAllegationCreated, "allegation.created", "it", "allegation category"},
    {LeafKind::kFindingSet, "finding.set", "it", "allegation finding"},
    {LeafKind::kMeasureCreated, "measure.created", "ity", "measure kind due"},
    {LeafKind::kMeasureChanged, "measure.changed", "is", "measure state"},
    {LeafKind::kMeasureOverdue, "measure.overdue", "i", "measure"},
    {LeafKind::kTasksListed, "tasks.listed", "", ""},
    {LeafKind::kClockFrozen, "clock.frozen", "yy", "from to"},
    {LeafKind::kClockConfirmed, "clock.confirmed", "", ""},
    {LeafKind::kClockReleased, "clock.released", "", ""},
    {LeafKind::kCheckInAnswered, "check_in.answered", "su", "since days"},
    {LeafKind::kReceiptRotated, "receipt.rotated", "", ""},
    {LeafKind::kSummaryServed, "summary.served", "ih", "entry entry-hash"},
    {LeafKind::kIdentityAsked, "identity.asked", "it", "approval basis"},
    {LeafKind::kIdentityNotified, "identity.notified", "i", "approval"},
    {LeafKind::kConsentDecided, "consent.decided", "id", "approval decision"},
    {LeafKind::kShareGiven, "share.given", "is", "approval index"},
    {LeafKind::kIdentityReleased, "identity.released", "i", "approval"},
    {LeafKind::kCaseExported, "case.exported", "x", "purpose"},
    {LeafKind::kShareHandedOver, "share.handed_over", "st", "index staff"},
    {LeafKind::kSharesListed, "shares.listed", "", ""},
    {LeafKind::kHoldPlaced, "hold.placed", "t", "reason"},
    {LeafKind::kHoldLifted, "hold.lifted", "t", "reason"},
    {LeafKind::kCaseDoomed, "case.doomed", "i", "approval"},
    {LeafKind::kCaseKept, "case.kept", "", ""},
    {LeafKind::kRetentionShortened, "retention.shortened", "y", "until"},
    {LeafKind::kCaseShredded, "case.shredded", "hsiyu", "mailbox cause approval decided key-epoch"},
    {LeafKind::kEntryRedacted, "entry.redacted", "kuhi", "keyring sequence entry-hash approval"},
    {LeafKind::kStoreRekeyed, "store.rekeyed", "u", "key-epoch"},
    {LeafKind::kReaderMachines, "reader.machines", "ps", "staff count"},
    {LeafKind::kServiceCalled, "service.called", "t", "method"},
    {LeafKind::kActionSubmitted, "action.submitted", "ih", "action letter-hash"},
    {LeafKind::kActionRepeated, "action.repeated", "i", "action"},
    {LeafKind::kActionRead, "action.read", "i", "action"},
    {LeafKind::kActionCancelled, "action.cancelled", "i", "action"},
    {LeafKind::kActionDecided, "action.decided", "is", "action verdict"},
    {LeafKind::kActionsListed, "actions.listed", "", ""},
    {LeafKind::kAlertsListed, "alerts.listed", "", ""},
    {LeafKind::kProtectionRequested, "protection.requested", "ih", "request letter-hash"},
    {LeafKind::kProtectionListed, "protection.listed", "", ""},
    {LeafKind::kTokensIssued, "tokens.issued", "tts", "kind quarter count"},
    {LeafKind::kEscrowHeld, "escrow.held", "sy", "others until"},
    {LeafKind::kEscrowReleased, "escrow.released", "y", "since"},
    {LeafKind::kOrderPlaced, "order.placed", "ii", "order measure"},
    {LeafKind::kOrderAnswered, "order.answered", "ist", "order state reason"},
    {LeafKind::kOrdersListed, "orders.listed", "", ""},
};
constexpr bool InOrder() {
  for (size_t i = 1; i < std::size(kKinds); ++i)
    if (kKinds[i - 1].kind >= kKinds[i].kind) return false;
  return true;
}
static_assert(InOrder() && std::end(kKinds)[-1].kind == static_cast<LeafKind>(kLastLeafKind));

const KindRow* FindRow(uint16_t number) {
  const auto* row = std::lower_bound(std::begin(kKinds), std::end(kKinds), number, [](const KindRow& r, uint16_t n) {
    return static_cast<uint16_t>(r.kind) < n;
  });
  return row != std::end(kKinds) && static_cast<uint16_t>(row->kind) == number ? row : nullptr;
}

// Of a kind of the list.
const KindRow& RowOf(LeafKind kind) { return *FindRow(static_cast<uint16_t>(kind)); }

std::string_view Cut(std::string_view text) { return text.substr(0, 255); }

// Reads details by the kind's fields. Calls `take` with each field's words; false when the shape is another.
template <class Take>
bool ReadDetails(LeafKind kind, BytesView details, Take take) {
  ByteReader reader(details);
  for (char field : RowOf(kind).fields) {
    switch (field) {
      case 'k': {
        uint8_t code = reader.U8();
        if (!IsKeyring(code)) return false;
        take([&] { return std::string(Name(static_cast<Keyring>(code))); });
        break;
      }
      case 'c': {
        uint8_t code = reader.U8();
        if (!IsReleaseCondition(code)) return false;
        take([&] { return std::string(Name(static_cast<ReleaseCondition>(code))); });
        break;
      }
      case 'a': {
        uint8_t code = reader.U8();
        if (!IsApprovalKind(code)) return false;
        take([&] { return std::string(Name(static_cast<ApprovalKind>(code))); });
        break;
      }
      case 'd': {
        uint8_t code = reader.U8();
        if (!IsDecision(code)) return false;
        take([&] { return std::string(Name(static_cast<Decision>(code))); });
        break;
      }
      case 'x': {
        uint8_t code = reader.U8();
        if (!IsExportPurpose(code)) return false;
        take([&] { return std::string(Name(static_cast<ExportPurpose>(code))); });
        break;
      }
      case 'y': {
        uint32_t number = reader.U32();
        if (number > Day::kMax) return false;
        take([&] { return number == 0 ? std::string("-") : Day(number).Text(); });
        break;
      }
      case 's': {
        uint8_t code = reader.U8();
        take([&] { return std::to_string(code); });
        break;
      }
      case 'u': {
        uint32_t number = reader.U32();
        take([&] { return std::to_string(number); });
        break;
      }
      case 'i': {
        BytesView id = reader.Raw(16);
        take([&] { return crypto::Base32Encode(id); });
        break;
      }
      case 'h': {
        BytesView hash = reader.Raw(32);
        take([&] { return crypto::HexEncode(hash); });
        break;
      }
      case 't': {
        BytesView text = reader.Short();
        // These reach terminals.
        if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; })) {
          return false;
        }
        take([&] { return std::string(text); });
        break;
      }
      case 'p': {
        BytesView slug = reader.Short();
        if (!IsSlug(slug)) return false;
        take([&] { return std::string(slug); });
        break;
      }
    }
    if (!reader.ok()) return false;
  }
  return reader.done();
}

}  // namespace

bool IsLeafKind(uint16_t number) { return FindRow(number) != nullptr; }

std::string_view Name(LeafKind kind) { return RowOf(kind).name; }

namespace details {

Bytes Filed(const Digest& entry_hash) { return entry_hash.str(); }
Bytes Assigned(std::string_view staff) { return ByteWriter(33).Short(Cut(staff)).Take(); }
Bytes Opened(Keyring keyring) { return Bytes(1, static_cast<char>(keyring)); }
Bytes Released(std::string_view staff, ReleaseCondition condition) {
  return ByteWriter(34).Short(Cut(staff)).U8(static_cast<uint8_t>(condition)).Take();
}
Bytes Appended(Keyring keyring, uint32_t sequence, const EntryId& entry, const Digest& entry_hash) {
  return ByteWriter(53).U8(static_cast<uint8_t>(keyring)).U32(sequence).Fixed(entry).Fixed(entry_hash).Take();
}
Bytes StateChanged(uint8_t from, uint8_t to, std::string_view reason) {
  return ByteWriter(3 + reason.size()).U8(from).U8(to).Short(Cut(reason)).Take();
}
Bytes EntriesRead(Keyring keyring, uint32_t first_sequence, uint32_t count) {
  return ByteWriter(9).U8(static_cast<uint8_t>(keyring)).U32(first_sequence).U32(count).Take();
}
Bytes BlobRead(const BlobId& blob) { return blob.str(); }
Bytes DirectoryPublished(uint32_t version, const Digest& note_hash) {
  return ByteWriter(36).U32(version).Fixed(note_hash).Take();
}
Bytes PolicyPublished(std::string_view document, uint32_t version, const Digest& note_hash) {
  return ByteWriter(64).Short(Cut(document)).U32(version).Fixed(note_hash).Take();
}
Bytes ReaderLost(std::string_view staff) { return Assigned(staff); }
Bytes ReaderMachines(std::string_view staff, uint8_t machines) {
  return ByteWriter(34).Short(Cut(staff)).U8(machines).Take();
}
Bytes ServiceCalled(std::string_view method) { return ByteWriter(1 + method.size()).Short(Cut(method)).Take(); }
Bytes PeopleAdded(uint8_t count) { return Bytes(1, static_cast<char>(count)); }
Bytes GrantBad(Keyring keyring, uint32_t epoch, const crypto::KeyId& maker) {
  return ByteWriter(21).U8(static_cast<uint8_t>(keyring)).U32(epoch).Fixed(maker).Take();
}
Bytes GrantDestroyed(std::string_view staff, ReleaseCondition condition) { return Released(staff, condition); }
Bytes ChartSynced(uint32_t version, uint32_t added, uint32_t changed, uint32_t removed) {
  return ByteWriter(16).U32(version).U32(added).U32(changed).U32(removed).Take();
}
Bytes ApprovalRequested(const ApprovalId& approval, ApprovalKind kind) {
  return ByteWriter(17).Fixed(approval).U8(static_cast<uint8_t>(kind)).Take();
}
Bytes ApprovalDecided(const ApprovalId& approval, Decision decision) {
  return ByteWriter(17).Fixed(approval).U8(static_cast<uint8_t>(decision)).Take();
}
Bytes ApprovalCancelled(const ApprovalId& approval) { return approval.str(); }
Bytes ApprovalExecuted(const ApprovalId& approval, ApprovalKind kind) { return ApprovalRequested(approval, kind); }
Bytes ReaderAdded(std::string_view staff, ReleaseCondition condition, Day until) {
  return ByteWriter(38).Short(Cut(staff)).U8(static_cast<uint8_t>(condition)).U32(until.number()).Take();
}
Bytes WallLifted(std::string_view staff) { return Assigned(staff); }
Bytes AllegationCreated(const AllegationId& allegation, std::string_view category) {
  return ByteWriter(17 + category.size()).Fixed(allegation).Short(Cut(category)).Take();
}
Bytes FindingSet(const AllegationId& allegation, std::string_view finding) {
  return AllegationCreated(allegation, finding);
}
Bytes MeasureCreated(const MeasureId& measure, std::string_view kind, Day due) {
  return ByteWriter(21 + kind.size()).Fixed(measure).Short(Cut(kind)).U32(due.number()).Take();
}
Bytes MeasureChanged(const MeasureId& measure, uint8_t state) { return ByteWriter(17).Fixed(measure).U8(state).Take(); }
Bytes MeasureOverdue(const MeasureId& measure) { return measure.str(); }
Bytes ClockFrozen(Day from, Day to) { return ByteWriter(8).U32(from.number()).U32(to.number()).Take(); }
Bytes CheckInAnswered(uint8_t since, uint32_t days) { return ByteWriter(5).U8(since).U32(days).Take(); }
Bytes SummaryServed(const EntryId& entry, const Digest& entry_hash) {
  return ByteWriter(48).Fixed(entry).Fixed(entry_hash).Take();
}
Bytes IdentityAsked(const ApprovalId& approval, std::string_view basis) {
  return ByteWriter(17 + basis.size()).Fixed(approval).Short(Cut(basis)).Take();
}
Bytes IdentityNotified(const ApprovalId& approval) { return approval.str(); }
Bytes ConsentDecided(const ApprovalId& approval, Decision decision) { return ApprovalDecided(approval, decision); }
Bytes ShareGiven(const ApprovalId& approval, uint8_t index) { return ByteWriter(17).Fixed(approval).U8(index).Take(); }
Bytes IdentityReleased(const ApprovalId& approval) { return approval.str(); }
Bytes Exported(ExportPurpose purpose) { return Bytes(1, static_cast<char>(purpose)); }
Bytes ShareHandedOver(uint8_t index, std::string_view staff) {
  return ByteWriter(2 + staff.size()).U8(index).Short(Cut(staff)).Take();
}
Bytes Hold(std::string_view reason) { return ByteWriter(1 + reason.size()).Short(Cut(reason)).Take(); }
Bytes CaseDoomed(const ApprovalId& approval) { return approval.str(); }
Bytes RetentionShortened(Day last) { return ByteWriter(4).U32(last.number()).Take(); }

Bytes CaseShredded(const Digest& mailbox, uint8_t cause, const ApprovalId& approval, Day decided, uint32_t key_epoch) {
  return ByteWriter(57).Fixed(mailbox).U8(cause).Fixed(approval).U32(decided.number()).U32(key_epoch).Take();
}
Bytes EntryRedacted(Keyring keyring, uint32_t sequence, const Digest& entry_hash, const ApprovalId& approval) {
  return ByteWriter(53).U8(static_cast<uint8_t>(keyring)).U32(sequence).Fixed(entry_hash).Fixed(approval).Take();
}
Bytes StoreRekeyed(uint32_t key_epoch) { return ByteWriter(4).U32(key_epoch).Take(); }
Bytes ActionDone(const AdverseActionId& action) { return action.str(); }
Bytes ActionSubmitted(const AdverseActionId& action, const Digest& letter) {
  return ByteWriter(48).Fixed(action).Fixed(letter).Take();
}
Bytes ActionDecided(const AdverseActionId& action, uint8_t verdict) { return ByteWriter(17).Fixed(action).U8(verdict).Take(); }
Bytes ProtectionRequested(const ProtectionRequestId& request, const Digest& letter) {
  return ByteWriter(48).Fixed(request).Fixed(letter).Take();
}
Bytes TokensIssued(TokenKind kind, std::string_view quarter, uint8_t tokens) {
  return ByteWriter(24).Short(Name(kind)).Short(Cut(quarter)).U8(tokens).Take();
}
Bytes EscrowHeld(uint8_t others, Day last) { return ByteWriter(5).U8(others).U32(last.number()).Take(); }
Bytes EscrowReleased(Day day) { return ByteWriter(4).U32(day.number()).Take(); }
Bytes OrderPlaced(const MeasureOrderId& order, const MeasureId& measure) {
  return ByteWriter(32).Fixed(order).Fixed(measure).Take();
}
Bytes OrderAnswered(const MeasureOrderId& order, uint8_t state, std::string_view reason) {
  return ByteWriter(18 + reason.size()).Fixed(order).U8(state).Short(Cut(reason)).Take();
}

}  // namespace details

Bytes LeafContent(const Leaf& leaf) {
  return ByteWriter(53 + leaf.actor.size() + leaf.details.size())
      .Raw(kMagic)
      .U16(static_cast<uint16_t>(leaf.kind))
      .Fixed(leaf.organisation)
      .Fixed(leaf.case_id)
      .U32(leaf.number)
      .U32(leaf.day.number())
      .U32(leaf.time)
      .Short(Cut(leaf.actor))
      .Long(BytesView(leaf.details).substr(0, 65535))
      .Take();
}

absl::StatusOr<Leaf> ParseLeaf(BytesView content) {
  ByteReader reader(content);
  Leaf leaf;
  reader.Expect(kMagic);
  uint16_t kind = reader.U16();
  leaf.organisation = reader.Fixed<OrganisationId>();
  leaf.case_id = reader.Fixed<CaseId>();
  leaf.number = reader.U32();
  leaf.day = Day(reader.U32());
  leaf.time = reader.U32();
  leaf.actor = std::string(reader.Short());
  leaf.details = Bytes(reader.Long());
  if (!reader.done()) return Malformed(kLayout, "length or magic");
  if (!IsLeafKind(kind)) return Malformed(kLayout, "kind");
  leaf.kind = static_cast<LeafKind>(kind);
  if (leaf.number != 0 && leaf.case_id.IsZero()) return Malformed(kLayout, "number without a case");
  if (leaf.day.number() > Day::kMax) return Malformed(kLayout, "day");
  if (leaf.time > kSecondsPerDay) return Malformed(kLayout, "time");
  if (!leaf.actor.empty() && !IsSlug(leaf.actor)) return Malformed(kLayout, "actor");
  if (!ReadDetails(leaf.kind, leaf.details, [](auto&&) {})) return Malformed(kLayout, "details");
  return leaf;
}

std::vector<std::pair<std::string, std::string>> DescribeDetails(const Leaf& leaf) {
  std::vector<std::pair<std::string, std::string>> words;
  std::string_view labels = RowOf(leaf.kind).labels;
  ReadDetails(leaf.kind, leaf.details, [&](auto&& text) {
    size_t end = std::min(labels.find(' '), labels.size());
    words.emplace_back(std::string(labels.substr(0, end)), text());
    labels.remove_prefix(std::min(end + 1, labels.size()));
  });
  return words;
}

Digest LeafCommitment(const LeafSalt& salt, BytesView content) {
  return crypto::Sha256Stream().Update(BytesView("alcove leaf v1\0", 15)).Update(salt.view()).Update(content).Finish();
}

Digest LeafHash(const Digest& commitment) { return crypto::MerkleLeafHash(commitment.view()); }

Digest TombstoneMailbox(const OrganisationId& organisation, const MailboxId& mailbox) {
  return crypto::Sha256(ByteWriter(52).Raw("alcove tombstone v1").U8(0).Fixed(organisation).Fixed(mailbox).bytes());
}

absl::StatusOr<Shredded> ParseShredded(const Leaf& leaf) {
  if (leaf.kind != LeafKind::kCaseShredded) return Malformed(kLayout, "kind");
  ByteReader reader(leaf.details);
  Shredded shredded;
  shredded.mailbox = reader.Fixed<Digest>();
  shredded.cause = reader.U8();
  shredded.approval = reader.Fixed<ApprovalId>();
  shredded.decided = Day(reader.U32());
  shredded.key_epoch = reader.U32();
  if (!reader.done()) return Malformed(kLayout, "details");
  const bool approved = IsApprovalKind(shredded.cause);
  if (!approved && shredded.cause != 0 && shredded.cause != kEscrowOver) return Malformed(kLayout, "cause");
  if (approved == shredded.approval.IsZero()) return Malformed(kLayout, "approval");
  return shredded;
}

Digest NextChainHead(const Digest& head, uint32_t number, const Digest& commitment) {
  return crypto::Sha256(
      ByteWriter(89).Raw("alcove case chain v1").U8(0).Fixed(head).U32(number).Fixed(commitment).bytes());
}

absl::StatusOr<Leaf> LeafChain::Append(BytesView content, const LeafSalt& salt) {
  auto leaf = ParseLeaf(content);
  if (!leaf.ok()) return leaf;
  if (leaf->organisation != organisation_ || leaf->case_id != case_) {
    return BrokenChain("a leaf belongs to another organisation or case");
  }
  if (leaf->number != count_ + 1) return BrokenChain("a leaf is missing, repeated or out of order");
  ++count_;
  head_ = NextChainHead(head_, count_, LeafCommitment(salt, content));
  heads_.push_back(head_);
  return leaf;
}

absl::StatusOr<Digest> LeafChain::HeadAt(uint32_t count) const {
  if (count == 0) return Digest();
  if (count > heads_.size()) return absl::OutOfRangeError("chain: so many leaves have not been seen");
  return heads_[count - 1];
}

}  // namespace alcove::format
