#include "server/core/cases/new_entry.h"

#include <algorithm>
#include <utility>

#include "crypto/format/leaf.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/kinds.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/show.h"
#include "server/core/grants/readers.h"

namespace alcove::cases {
namespace {

// The author quotes the chain of leaves as far as they have seen it; whoever was shown another chain shows here.
absl::StatusOr<bool> QuotesTheChain(const Ports& ports, const Case& record, const format::EnvelopeContext& context,
                                    std::uint32_t seen_before) {
  if (context.leaf_count > record.leaf_count || context.leaf_count < seen_before) return false;
  if (context.leaf_count == 0) return true;
  if (context.leaf_count == record.leaf_count) return context.leaf_head == record.leaf_head;
  auto leaf = ports.rows.Get<CaseLeaf>(base::RowKey(record.id, context.leaf_count));
  if (!leaf.ok()) return leaf.status();
  return *leaf && (*leaf)->record.head == context.leaf_head;
}

// Holders of a keyring from its next epoch on. TEAM begins with whoever holds THREAD.
std::vector<grants::Holder> NextHolders(const Ports& ports, const Case& record, format::Keyring keyring) {
  const bool begins = keyring == format::Keyring::kTeam && record.team.epochs == 0;
  const KeyringState& from = keyring == format::Keyring::kThread || begins ? record.thread : record.team;
  std::vector<grants::Holder> holders =
      grants::NextHolders(from.holders, ports.organisation, record.wall, ports.clock.Today());
  if (begins)
    for (grants::Holder& holder : holders) holder.opened.reset();
  return holders;
}

// Who reads on more machines than before, or on other ones, now that THREAD has another epoch. A leaf each.
void TellOfMachines(const std::vector<grants::Holder>& before, const Case& record, CaseLeaves& leaves) {
  std::vector<base::StaffSlug> told;
  for (const grants::Holder& holder : record.thread.holders) {
    const bool had = std::any_of(before.begin(), before.end(), [&](const grants::Holder& other) {
      return other.staff == holder.staff && other.key_id == holder.key_id;
    });
    if (had || std::find(told.begin(), told.end(), holder.staff) != told.end()) continue;
    told.push_back(holder.staff);
    leaves.ByServer(format::LeafKind::kReaderMachines,
                    format::details::ReaderMachines(holder.staff.text(), MachinesOf(record, holder.staff)));
  }
}

// The epoch of the entry: the current one while it serves, else exactly the next, granted to exactly who remains.
absl::Status SettleEpoch(const Ports& ports, Case& record, const NewEntry& entry,
                         const format::ParsedEnvelope& envelope, const EntryAuthor& author, CaseLeaves& leaves,
                         base::ChangeSet& changes) {
  const format::EnvelopeContext& context = envelope.context;
  KeyringState& state = context.keyring == format::Keyring::kThread ? record.thread : record.team;
  if (!IsEpochDue(ports, record, state)) {
    if (entry.epoch) return EpochInvalid();
    if (context.epoch != state.epochs - 1 || context.epoch_record_hash != state.epoch_record_hash) return EpochStale();
    return absl::OkStatus();
  }
  if (!entry.epoch) return EpochStale();
  if (absl::Status status = LoseReaders(ports, record, std::nullopt, EndedGuests::kGo, leaves, changes); !status.ok())
    return status;
  std::vector<grants::Holder> holders = NextHolders(ports, record, context.keyring);
  const crypto::KeyId mailbox = crypto::KeyIdOf(record.mailbox_encryption_key);
  const std::vector<grants::Required> required = context.keyring == format::Keyring::kThread
                                                     ? grants::RequiredWithMailbox(holders, mailbox)
                                                     : grants::RequiredOf(holders);
  const grants::Binding binding{{ports.organisation.id(), record.id, context.keyring, state.epochs},
                                author.key_id,
                                ports.organisation.directory_version()};
  if (absl::Status status = grants::CheckNewEpoch(*entry.epoch, binding, required); !status.ok()) return status;
  const crypto::Digest hash = format::EpochRecordHash(entry.epoch->record);
  if (context.epoch != state.epochs || context.epoch_record_hash != hash) return EpochStale();
  changes.Put(EpochRow(record.id, context.keyring, state.epochs, *entry.epoch));
  ++state.epochs;
  state.epoch_record_hash = hash;
  std::swap(state.holders, holders);
  if (context.keyring == format::Keyring::kThread) TellOfMachines(holders, record, leaves);
  state.reported = false;
  return absl::OkStatus();
}

}  // namespace

// Clocks differ and days end at different moments: a day either way is no lie. Days of one keyring never go back.
bool DayCanBe(base::Day day, base::Day last, base::Day today) {
  return day >= last && day >= today.PlusDays(-1) && day <= std::max(today.PlusDays(1), last);
}

absl::StatusOr<format::ParsedEnvelope> ReadEnvelope(crypto::BytesView envelope) {
  absl::StatusOr<format::ParsedEnvelope> parsed = format::ParseEnvelope(envelope);
  if (!parsed.ok() || !format::CheckBody(*parsed).ok()) return EnvelopeInvalid();
  return parsed;
}

absl::StatusOr<TeamEntry> ReadTeamEntry(const Ports& ports, const people::Person& caller, crypto::BytesView envelope) {
  absl::StatusOr<format::ParsedEnvelope> parsed = ReadEnvelope(envelope);
  if (!parsed.ok()) return parsed.status();
  const std::optional<people::Organisation::Signer> signer = ports.organisation.FindByVerifyKey(parsed->context.author);
  if (!signer || signer->person != &caller) return EnvelopeInvalid();
  if (!format::VerifyAuthor(*parsed, signer->device->verify_key).ok()) return EnvelopeInvalid();
  return TeamEntry{*std::move(parsed),
                   {caller.slug, signer->device->verify_key, signer->device->verify_key_id, std::nullopt}};
}

absl::Status CheckBlobList(const std::vector<BlobName>& blobs, const format::ParsedEnvelope& envelope) {
  if (blobs.size() > kMaxBlobsOfEntry) return base::FieldInvalid("entry.blobs");
  std::vector<format::NamedBlob> named;
  named.reserve(blobs.size());
  for (const BlobName& blob : blobs) {
    if (blob.size == 0 || blob.size > kMaxBlobCiphertext) return base::FieldInvalid("entry.blobs");
    const bool twice = std::any_of(named.begin(), named.end(),
                                   [&](const format::NamedBlob& other) { return other.blob == blob.id; });
    if (twice) return base::FieldInvalid("entry.blobs");
    named.push_back({blob.id, blob.size});
  }
  return format::BlobsHash(named) == envelope.context.blobs_hash ? absl::OkStatus() : EnvelopeInvalid();
}

absl::Status NameBlobs(const Ports& ports, Case& record, const std::vector<BlobName>& blobs, format::Keyring keyring,
                       std::uint32_t sequence, const base::StaffSlug& author, base::ChangeSet& changes) {
  for (const BlobName& name : blobs) {
    record.blob_bytes += name.size;
    if (record.blob_bytes > ports.organisation.safeguards().case_quota_bytes) return QuotaExceeded();
    Blob row;
    row.id = name.id;
    row.case_id = record.id;
    row.keyring = keyring;
    row.sequence = sequence;
    row.author = author;
    row.size = name.size;
    // Ids are drawn by clients: one that is taken was not drawn at random.
    auto taken = ports.rows.Get<Blob>(row.key());
    if (!taken.ok()) return taken.status();
    if (*taken) return base::FieldInvalid("entry.blobs");
    changes.Insert(std::move(row));
  }
  return absl::OkStatus();
}

Epoch EpochRow(const base::CaseId& case_id, format::Keyring keyring, std::uint32_t number,
               const grants::NewEpoch& epoch) {
  Epoch row;
  row.case_id = case_id;
  row.keyring = keyring;
  row.number = number;
  row.record = crypto::Bytes(epoch.record);
  row.grants.reserve(epoch.grants.size());
  for (crypto::BytesView grant : epoch.grants) row.grants.emplace_back(grant);
  return row;
}

absl::StatusOr<Appended> PlaceEntry(const Ports& ports, Case& record, const NewEntry& entry,
                                    const format::ParsedEnvelope& envelope, const EntryAuthor& author,
                                    CaseLeaves& leaves, base::ChangeSet& changes) {
  const format::EnvelopeContext& context = envelope.context;
  const bool by_reporter = author.staff.empty();
  if (context.organisation != ports.organisation.id() || context.case_id != record.id) return EnvelopeInvalid();
  const Way way = author.only ? Way::kOwnMethod : Way::kPlain;
  if (author.only && context.kind != *author.only) return KindRefused();
  if (!MayWrite(context.kind, context.keyring, by_reporter ? Author::kReporter : Author::kTeam, record.state, way))
    return KindRefused();
  if (!by_reporter && context.keyring == format::Keyring::kThread) Unveil(record, leaves);

  KeyringState& state = context.keyring == format::Keyring::kThread ? record.thread : record.team;
  if (by_reporter && state.length >= kMaxThreadOfReporter) return QuotaExceeded();
  if (context.sequence != state.length || context.previous != state.head) return base::EtagStale();
  if (!DayCanBe(context.day, state.last_day, ports.clock.Today())) return EnvelopeInvalid();
  absl::StatusOr<bool> quotes = QuotesTheChain(ports, record, context, state.seen_leaves);
  if (!quotes.ok()) return quotes.status();
  if (!*quotes) return EnvelopeInvalid();
  if (absl::Status status = CheckBlobList(entry.blobs, envelope); !status.ok()) return status;
  if (absl::Status status = SettleEpoch(ports, record, entry, envelope, author, leaves, changes); !status.ok())
    return status;
  if (absl::Status status =
          NameBlobs(ports, record, entry.blobs, context.keyring, context.sequence, author.staff, changes);
      !status.ok())
    return status;

  const crypto::Digest head = format::EntryHash(envelope);
  state.length += 1;
  state.head = head;
  state.seen_leaves = context.leaf_count;
  state.last_day = context.day;
  // New words say nothing.
  if (by_reporter && context.kind != format::EntryKind::kReceiptRotated) MarkWritten(ports, record, context.sequence);

  Entry row;
  row.case_id = record.id;
  row.keyring = context.keyring;
  row.sequence = context.sequence;
  row.id = context.entry;
  row.kind = context.kind;
  row.epoch = context.epoch;
  row.envelope = crypto::Bytes(envelope.bytes);
  row.blobs = entry.blobs;
  row.day = ports.clock.Today();
  if (!by_reporter) row.time = ports.clock.Now();
  row.author = author.staff;
  changes.Put(std::move(row));
  return Appended{record.id, context.entry, head};
}

}  // namespace alcove::cases
