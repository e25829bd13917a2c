#include "server/core/cases/mailbox.h"

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/check_ins.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/meaning.h"
#include "server/core/cases/nearest.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/cases/states.h"

namespace alcove::cases {

absl::StatusOr<std::optional<crypto::VerifyKey>> MailboxKey(const base::Reader& rows, const base::MailboxId& mailbox) {
  auto row = Nearest<Mailbox>(rows, base::RowKey(mailbox));
  if (!row.ok()) return row.status();
  std::optional<crypto::VerifyKey> key;
  if (*row) key = (*row)->record.verify_key;
  if (*row && (*row)->record.id != mailbox) key.reset();  // a neighbour's
  return key;
}

namespace {

absl::StatusOr<GoneView> FromTombstone(const Ports& ports, Tombstone tombstone) {
  const absl::StatusOr<format::Leaf> leaf = format::ParseLeaf(tombstone.content);
  if (!leaf.ok()) return base::Broken("a tombstone's leaf does not parse");
  const absl::StatusOr<format::Shredded> details = format::ParseShredded(*leaf);
  if (!details.ok()) return base::Broken("a tombstone is of another kind");
  GoneView gone;
  // A tombstone is shown to nobody who could tell by it that nobody else had named the person.
  if (details->cause == format::kEscrowOver) {
    gone.cause.day = details->decided;
    gone.cause.escrow_over = true;
    return gone;
  }
  if (details->cause != 0) gone.cause.kind = static_cast<format::ApprovalKind>(details->cause);
  gone.cause.approval = details->approval;
  gone.cause.day = details->decided;
  absl::StatusOr<OpenedLeaf> opened =
      Opened(ports, leaf->number, std::move(tombstone.content), std::move(tombstone.salt));
  if (!opened.ok()) return opened.status();
  gone.leaf = *std::move(opened);
  gone.promise = std::move(tombstone.promise);
  return gone;
}

// What a mailbox shows whose case cannot be reached: NOTHING_HERE where it never led anywhere.
absl::StatusOr<MailboxView> Gone(const Ports& ports, const base::MailboxId& caller) {
  auto mailbox = ports.rows.Get<Mailbox>(base::RowKey(caller));
  if (!mailbox.ok()) return mailbox.status();
  if (!*mailbox) return base::NothingHere();
  MailboxView view;
  view.case_id = (*mailbox)->record.case_id;
  auto tombstone = ports.rows.Get<Tombstone>(base::RowKey(view.case_id));
  if (!tombstone.ok()) return tombstone.status();
  if (*tombstone) {
    absl::StatusOr<GoneView> gone = FromTombstone(ports, std::move((*tombstone)->record));
    if (!gone.ok()) return gone.status();
    view.gone = *std::move(gone);
    return view;
  }
  const auto doomed = DoomOf(ports.rows, view.case_id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed && (*doomed)->record.whole) {
    view.gone.emplace().cause = *(*doomed)->record.whole;
    return view;
  }
  auto found = ports.rows.Get<Case>(base::RowKey(view.case_id));
  if (!found.ok()) return found.status();
  if (!*found || !IsOver((*found)->record, ports.clock.Today())) return base::NothingHere();
  view.gone.emplace().cause = OverCause(*(*found)->record.escrow);
  return view;
}

}  // namespace

absl::StatusOr<MailboxView> GetMailbox(const Ports& ports, const base::MailboxId& caller) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (base::ReasonOf(own.status()) == base::Reason::kNothingHere) return Gone(ports, caller);
  if (!own.ok()) return own.status();
  const Case& record = own->record;
  absl::StatusOr<std::vector<Epoch>> epochs = EpochsOf(ports, record, format::Keyring::kThread);
  if (!epochs.ok()) return epochs.status();
  MailboxView view;
  view.case_id = record.id;
  view.state = record.state;
  view.filed = record.marks.filed;
  view.deadlines = DeadlinesOf(ports, record);
  view.grants = GrantsTo(*epochs, {crypto::KeyIdOf(record.mailbox_encryption_key)});
  AddEpochViews(ports, record, format::Keyring::kThread, *std::move(epochs), view.epochs);
  view.readers = ReadersOf(ports, record);
  if (absl::Status status = AddAdmissions(ports, record, view.readers); !status.ok()) return status;
  view.etag = EtagOf(ports, record);
  view.thread_head = record.thread.head;
  view.thread_length = record.thread.length;
  view.leaf_head = record.leaf_head;
  view.leaf_count = record.leaf_count;
  view.withdrawn = record.withdrawn;
  view.assignee = record.assignee;
  view.claimed = record.claimed;
  view.check_ins = CheckInsOf(ports, record);
  view.former_keys = record.former_mailbox_keys;
  view.holds = record.holds;
  view.unread = IsUnread(record);
  const absl::StatusOr<std::optional<base::Day>> last = LastDayOf(ports, record);
  if (!last.ok()) return last.status();
  view.kept_until = *last;
  if (record.escrow) view.escrow = EscrowView{record.escrow->others, record.escrow->last, record.escrow->released, false};
  return view;
}

absl::StatusOr<EntryPage> ListMessages(const Ports& ports, const base::MailboxId& caller, const PageRequest& page) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  return PageOf(ports, own->record.id, format::Keyring::kThread, page);
}

absl::StatusOr<base::Outcome<Appended>> SendMessage(const Ports& ports, const base::MailboxId& caller,
                                                    const std::string& request_id, const NewEntry& entry) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  absl::StatusOr<format::ParsedEnvelope> envelope = ReadEnvelope(entry.envelope);
  if (!envelope.ok()) return envelope.status();
  Case& record = own->record;
  if (!format::VerifyAuthor(*envelope, record.mailbox_verify_key).ok()) return EnvelopeInvalid();

  // The entry's hash covers the body and, through the record's hash, a new epoch with its grants.
  const crypto::Digest head = format::EntryHash(*envelope);
  absl::StatusOr<RequestSlot> slot = OpenRequest(ports, "SendMessage", request_id, head);
  if (!slot.ok()) return slot.status();
  base::Outcome<Appended> outcome;
  if (slot->repeated) {
    outcome.answer = {record.id, envelope->context.entry, head};
    return outcome;
  }
  if (envelope->context.keyring != format::Keyring::kThread) return KindRefused();
  const EntryAuthor author{{}, record.mailbox_verify_key, crypto::KeyIdOf(record.mailbox_verify_key)};
  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  absl::StatusOr<Appended> placed = PlaceEntry(ports, record, entry, *envelope, author, leaves, outcome.changes);
  if (!placed.ok()) return placed.status();
  outcome.answer = *placed;
  leaves.ByReporter(format::LeafKind::kEntryAppended,
                    format::details::Appended(envelope->context.keyring, envelope->context.sequence,
                                              envelope->context.entry, head));
  if (absl::Status status = TakeMeaning(ports, record, envelope->context, {}, leaves); !status.ok()) return status;
  CloseRequest(*std::move(slot), {}, outcome.changes);
  if (absl::Status status = PutOwn(ports, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
  return outcome;
}

absl::StatusOr<LeafPage> ListLeaves(const Ports& ports, const base::MailboxId& caller, const PageRequest& request) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  // The token is the number of the last leaf that was given.
  absl::StatusOr<std::uint32_t> last = PositionOf(request.token);
  if (!last.ok()) return last.status();
  const std::uint32_t size = SizeOf(request, 50, 100);
  const base::CaseId& id = own->record.id;
  std::vector<CaseLeaf> rows;
  absl::Status status =
      ports.rows.Scan<CaseLeaf>(base::RowKey(id), *last == 0 ? "" : base::RowKey(id, *last), size,
                                [&](base::Versioned<CaseLeaf> row) {
                                  rows.push_back(std::move(row.record));
                                  return true;
                                });
  if (!status.ok()) return status;
  LeafPage page;
  for (CaseLeaf& row : rows) {
    absl::StatusOr<OpenedLeaf> leaf = Opened(ports, row.number, std::move(row.content), std::move(row.salt));
    if (!leaf.ok()) return leaf.status();
    page.leaves.push_back(*std::move(leaf));
  }
  if (!page.leaves.empty() && page.leaves.back().number < own->record.leaf_count)
    page.next_token = TokenOf(page.leaves.back().number);
  return page;
}

absl::StatusOr<base::Outcome<std::string>> WithdrawReport(const Ports& ports, const base::MailboxId& caller,
                                                          const std::string& etag, const std::string& request_id) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  Case& record = own->record;
  const crypto::Digest digest =
      crypto::Blake2b256(format::ByteWriter(64).Fixed(record.mailbox).Short(etag.substr(0, 64)).bytes());
  absl::StatusOr<RequestSlot> slot = OpenRequest(ports, "WithdrawReport", request_id, digest);
  if (!slot.ok()) return slot.status();
  base::Outcome<std::string> outcome;
  if (slot->repeated) {
    outcome.answer = EtagOf(ports, record);
    return outcome;
  }
  if (etag != EtagOf(ports, record)) return base::EtagStale();
  if (record.withdrawn) return TransitionRefused();

  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  leaves.ByReporter(format::LeafKind::kCaseWithdrawn);
  // A closed case stays closed and carries the mark alone.
  if (const Move* move = FindMove(record.state, State::kWithdrawnByReporter);
      move != nullptr && move->mover == Mover::kReporter) {
    leaves.ByReporter(format::LeafKind::kStateChanged,
                      format::details::StateChanged(static_cast<std::uint8_t>(record.state),
                                                    static_cast<std::uint8_t>(State::kWithdrawnByReporter), ""));
    // On hold: what the hold goes back to stays what the withdrawal goes back to.
    if (record.state != State::kOnHold) record.resumes_to = record.state;
    record.state = State::kWithdrawnByReporter;
  }
  record.withdrawn = true;
  record.revision += 1;
  outcome.answer = EtagOf(ports, record);
  CloseRequest(*std::move(slot), {}, outcome.changes);
  if (absl::Status status = PutOwn(ports, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
  return outcome;
}

}  // namespace alcove::cases
