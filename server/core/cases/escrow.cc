#include "server/core/cases/escrow.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "crypto/format/leaf.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/states.h"

namespace alcove::cases {
namespace {

// A line of the same person: of the same machine, if there is one.
const grants::Holder* LineLike(const std::vector<grants::Holder>& holders, const grants::Holder& like) {
  const grants::Holder* found = nullptr;
  for (const grants::Holder& holder : holders) {
    if (holder.staff != like.staff) continue;
    if (holder.key_id == like.key_id) return &holder;
    if (found == nullptr) found = &holder;
  }
  return found;
}

// The reporter made a new key for the readers whom they were shown. Who has lost the case meanwhile gets none; who was added
// meanwhile has none yet, so that the team's next entry has to bring another.
void TakeReaders(const KeyringState& shown, KeyringState& state) {
  std::vector<grants::Holder> next;
  bool unserved = false;
  for (const grants::Holder& line : shown.holders) {
    grants::Holder& holder = next.emplace_back(line);
    const grants::Holder* was = LineLike(state.holders, line);
    if (was == nullptr) continue;
    holder.released = was->released;
    holder.opened = was->opened;
    holder.lost = holder.lost || was->lost;
  }
  for (const grants::Holder& line : state.holders) {
    if (line.lost || LineLike(next, line) != nullptr) continue;
    next.push_back(line);
    unserved = true;
  }
  state.holders = std::move(next);
  state.reported = unserved;
}

// The epochs that the reporter's act put, without the grants of whoever has lost the case.
absl::Status PurgePut(const Case& record, base::ChangeSet& changes) {
  std::vector<Epoch> epochs;
  for (const base::ChangeSet::Write& write : changes.writes())
    if (write.table == Epoch::kTable && write.record != nullptr) epochs.push_back(static_cast<const Epoch&>(*write.record));
  for (Epoch& epoch : epochs) {
    if (epoch.case_id != record.id) continue;
    const absl::StatusOr<bool> purged = PurgeEpoch(record, epoch);
    if (!purged.ok()) return purged.status();
    if (*purged) changes.Put(std::move(epoch));
  }
  return absl::OkStatus();
}

void Withdraw(Case& record) {
  // A closed case stays closed and carries the mark alone, as with any withdrawal.
  if (const Move* move = FindMove(record.state, State::kWithdrawnByReporter);
      move != nullptr && move->mover == Mover::kReporter) {
    if (record.state != State::kOnHold) record.resumes_to = record.state;
    record.state = State::kWithdrawnByReporter;
  }
  record.withdrawn = true;
}

}  // namespace

bool MayBeLastDay(base::Day last, base::Day today) {
  return last > today && last <= today.PlusMonths(kMostEscrowMonths);
}

bool IsWaiting(const Case& record) { return record.escrow && !record.escrow->released; }

bool IsVeiled(const Case& record) { return record.escrow && !record.escrow->face.empty(); }

bool IsOver(const Case& record, base::Day today) {
  return (IsWaiting(record) || IsVeiled(record)) && today > record.escrow->last;
}

Cause OverCause(const Escrow& escrow) {
  Cause cause;
  cause.day = escrow.last.PlusDays(1);
  cause.escrow_over = true;
  return cause;
}

const Case& ShownOf(const Case& record) { return IsVeiled(record) ? record.escrow->face.front() : record; }

void Release(const Ports& ports, Case& record, CaseLeaves& leaves) {
  Case face = record;
  face.escrow->is_face = true;
  const base::Day today = ports.clock.Today();
  record.escrow->released = today;
  record.escrow->face.push_back(std::move(face));
  record.marks.released = today;
  record.marks.assigned = today;
  record.revision += 1;
  leaves.HiddenByServer(format::LeafKind::kEscrowReleased, format::details::EscrowReleased(today));
}

absl::StatusOr<base::Versioned<Case>> Settle(const Ports& ports, OwnCase own, base::ChangeSet& changes,
                                             std::vector<base::LeafDraft>& drafts) {
  if (!own.behind) return base::Versioned<Case>{std::move(own.record), own.version};
  const Case& shown = own.record;
  Case record = *std::move(own.behind);
  const Case before = std::move(record.escrow->face.front());
  record.leaf_count = shown.leaf_count;
  record.leaf_head = shown.leaf_head;
  record.leaf_day = std::max(record.leaf_day, shown.leaf_day);
  record.mailbox = shown.mailbox;
  record.mailbox_encryption_key = shown.mailbox_encryption_key;
  record.mailbox_verify_key = shown.mailbox_verify_key;
  record.former_mailbox_keys = shown.former_mailbox_keys;
  record.blob_bytes += shown.blob_bytes - before.blob_bytes;
  if (shown.written != before.written) {
    record.written = shown.written;
    record.marks.written = shown.marks.written;
    record.shortened.reset();
  }
  if (shown.withdrawn && !record.withdrawn) Withdraw(record);
  if (shown.revision != before.revision) record.revision += 1;

  KeyringState& thread = record.thread;
  const bool new_key = shown.thread.epochs != thread.epochs;
  thread.epochs = shown.thread.epochs;
  thread.length = shown.thread.length;
  thread.head = shown.thread.head;
  thread.epoch_record_hash = shown.thread.epoch_record_hash;
  thread.seen_leaves = shown.thread.seen_leaves;
  thread.last_day = shown.thread.last_day;
  thread.reported = thread.reported || shown.thread.reported;
  if (new_key) {
    CaseLeaves leaves(ports, record, changes, drafts);
    if (absl::Status status = LoseReaders(ports, record, std::nullopt, EndedGuests::kGo, leaves, changes); !status.ok())
      return status;
    TakeReaders(shown.thread, thread);
    if (absl::Status status = PurgeGrants(ports, record, changes); !status.ok()) return status;
    if (absl::Status status = PurgePut(record, changes); !status.ok()) return status;
  }
  record.escrow->face.front() = std::move(own.record);
  return base::Versioned<Case>{std::move(record), own.version};
}

absl::Status PutOwn(const Ports& ports, OwnCase own, base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts) {
  const bool quiet = IsWaiting(own.record);
  absl::StatusOr<base::Versioned<Case>> row = Settle(ports, std::move(own), changes, drafts);
  if (!row.ok()) return row.status();
  if (quiet) PadLeaves(ports.random, drafts);
  changes.Update(std::move(row->record), row->version);
  return absl::OkStatus();
}

void PadLeaves(crypto::Random& random, std::vector<base::LeafDraft>& drafts) {
  while (drafts.size() % kLeavesOfAnAct != 0) {
    base::LeafDraft draft;
    random.Fill(draft.commitment.data(), crypto::Digest::kSize);
    drafts.push_back(draft);
  }
}

void Unveil(Case& record, CaseLeaves& leaves) {
  if (!IsVeiled(record)) return;
  const Case face = std::move(record.escrow->face.front());
  // From here on the record has no face, and what is written down is in the reporter's chain.
  record.escrow->face.clear();
  leaves.ByServer(format::LeafKind::kEscrowReleased, format::details::EscrowReleased(*record.escrow->released));
  std::set<base::StaffSlug> told;
  for (const grants::Holder& holder : record.thread.holders) {
    if (!told.insert(holder.staff).second) continue;
    const std::string& staff = holder.staff.text();
    const grants::Holder* was = LineLike(face.thread.holders, holder);
    if (was == nullptr && !holder.lost)
      leaves.ByServer(format::LeafKind::kReaderAdded,
                      format::details::ReaderAdded(staff, holder.condition, holder.until.value_or(base::Day())));
    else if (holder.released)
      leaves.ByServer(format::LeafKind::kGrantReleased, format::details::Released(staff, holder.condition));
    if (holder.opened) leaves.ByStaff(format::LeafKind::kCaseOpened, holder.staff, format::details::Opened(format::Keyring::kThread));
    if (holder.lost && was != nullptr && !was->lost)
      leaves.ByServer(format::LeafKind::kReaderLost, format::details::ReaderLost(staff));
  }
  if (!record.assignee.empty())
    leaves.ByServer(format::LeafKind::kCaseAssigned, format::details::Assigned(record.assignee.text()));
  if (record.state != face.state)
    leaves.ByServer(format::LeafKind::kStateChanged,
                    format::details::StateChanged(static_cast<std::uint8_t>(face.state), static_cast<std::uint8_t>(record.state), ""));
  for (const Hold& hold : record.holds) leaves.ByServer(format::LeafKind::kHoldPlaced, format::details::Hold(hold.reason));
}

}  // namespace alcove::cases
