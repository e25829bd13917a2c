#include "server/core/cases/show.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/format/approval.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/requests.h"
#include "server/core/clocks/seen.h"
#include "server/core/grants/readers.h"
#include "server/core/ledger/records.h"

namespace alcove::cases {
namespace {
constexpr std::size_t kPageBytes = 200 << 10;
}  // namespace

std::vector<clocks::Deadline> DeadlinesOf(const Ports& ports, const Case& record) {
  const people::Profiles* profiles = ports.organisation.profiles();
  std::vector<clocks::Deadline> deadlines = clocks::DeadlinesOf(record.marks, record.terms, record.calendar,
                                                                profiles == nullptr ? nullptr : profiles->Find(record.profile));
  // Nobody has it who could be late. What runs outside runs on: waiting prolongs no claim.
  if (IsWaiting(record)) std::erase_if(deadlines, [](const clocks::Deadline& deadline) { return !deadline.external; });
  return deadlines;
}

CaseSummary Summarise(const Ports& ports, const Case& record) {
  CaseSummary summary;
  summary.id = record.id;
  summary.state = record.state;
  summary.facts = record.facts;
  summary.urgency = record.urgency;
  summary.desk = record.desk;
  summary.filed = record.marks.filed;
  summary.deadlines = DeadlinesOf(ports, record);
  summary.assignee = record.assignee;
  summary.claimed = record.claimed;
  summary.withdrawn = record.withdrawn;
  summary.identity_held = record.identity_held;
  summary.employment_proof = record.employment_proof;
  summary.holds = record.holds;
  summary.unread = IsUnread(record);
  summary.etag = EtagOf(ports, record);
  if (record.escrow)
    summary.escrow = EscrowView{record.escrow->others, record.escrow->last, record.escrow->released, IsVeiled(record)};
  return summary;
}

ReaderView ViewOf(const people::Organisation& organisation, const grants::Holder& holder) {
  const people::Person* person = organisation.FindPerson(holder.staff);
  ReaderView view;
  view.staff = holder.staff;
  if (person != nullptr) view.display_name = person->display_name;
  view.purpose = holder.purpose;
  view.condition = holder.condition;
  view.key_id = holder.key_id;
  view.released = holder.released;
  view.opened = holder.opened;
  view.until = holder.until;
  view.approval = holder.approval;
  return view;
}

std::vector<ReaderView> ReadersOf(const Ports& ports, const Case& record) {
  const std::vector<grants::Holder>& now = record.thread.holders;
  const base::Day today = ports.clock.Today();
  std::vector<ReaderView> readers;
  readers.reserve(now.size());
  for (const grants::Holder& holder : now) {
    const bool lost = !grants::MayReadOn(holder, ports.organisation, record.wall, today);
    // A machine that left while its person stays has no line here, and is no loss of theirs.
    const bool stays = std::any_of(now.begin(), now.end(), [&](const grants::Holder& other) {
      return other.staff == holder.staff && grants::PersonReadsOn(other, ports.organisation, record.wall, today);
    });
    if (lost && stays) continue;
    readers.emplace_back(ViewOf(ports.organisation, holder)).lost = lost;
  }
  for (const grants::Holder& holder : grants::NextHolders(now, ports.organisation, record.wall, today)) {
    const bool listed = std::any_of(readers.begin(), readers.end(), [&](const ReaderView& reader) {
      return reader.key_id == holder.key_id && !reader.lost;
    });
    if (!listed) readers.push_back(ViewOf(ports.organisation, holder));
  }
  return readers;
}

bool IsEpochDue(const Ports& ports, const Case& record, const KeyringState& state) {
  if (state.epochs == 0 || state.reported) return true;
  const base::Day today = ports.clock.Today();
  if (!grants::IsStale(state.holders, ports.organisation, record.wall, today)) return false;
  // A guest who is to go by a frozen clock alone keeps their line for now (losses.h), and the keyring its key.
  if (!clocks::HoldsNow(ports.rows, ports.clock.Now()).value_or(false)) return true;
  return grants::IsStale(state.holders, ports.organisation, record.wall, today, grants::Guests::kStay);
}

absl::Status AddAdmissions(const Ports& ports, const Case& record, std::vector<ReaderView>& readers) {
  for (ReaderView& reader : readers) {
    const base::ApprovalId& id = reader.approval;
    if (id.IsZero()) continue;
    auto approval = ports.rows.Get<Approval>(base::RowKey(record.id, id));
    if (!approval.ok()) return approval.status();
    if (!*approval) return base::Broken("a reader was added by an approval that is not there");
    const absl::StatusOr<format::ParsedApprovalRequest> request =
        format::ParseApprovalRequest((*approval)->record.request);
    if (!request.ok()) return base::Broken("a kept request does not parse");
    reader.admission = {crypto::Bytes(request->statement.bytes), std::move((*approval)->record.decisions)};
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Epoch>> EpochsOf(const Ports& ports, const Case& record, format::Keyring keyring) {
  std::vector<Epoch> epochs;
  absl::Status status = ports.rows.Scan<Epoch>(base::RowKey(record.id, static_cast<std::uint8_t>(keyring)), "",
                                               SIZE_MAX, [&](base::Versioned<Epoch> row) {
                                                 epochs.push_back(std::move(row.record));
                                                 return true;
                                               });
  if (!status.ok()) return status;
  return epochs;
}

void AddEpochViews(const Ports& ports, const Case& record, format::Keyring keyring, std::vector<Epoch> epochs,
                   std::vector<EpochView>& views) {
  const KeyringState& state = keyring == format::Keyring::kThread ? record.thread : record.team;
  const bool stale = IsEpochDue(ports, record, state);
  for (Epoch& epoch : epochs) {
    const bool current = epoch.number + 1 == state.epochs;
    views.push_back({keyring, epoch.number, std::move(epoch.record), current && stale});
  }
}

std::vector<ReleasedGrant> GrantsTo(const std::vector<Epoch>& epochs, const std::vector<crypto::KeyId>& keys) {
  std::vector<ReleasedGrant> released;
  for (const Epoch& epoch : epochs) {
    absl::StatusOr<format::ParsedEpoch> record = format::ParseEpoch(epoch.record);
    if (!record.ok() || record->reader_count != epoch.grants.size()) continue;
    for (std::size_t i = 0; i < record->reader_count; ++i)
      if (!epoch.grants[i].empty() && std::find(keys.begin(), keys.end(), record->ReaderAt(i).key) != keys.end())
        released.push_back({epoch.number, epoch.grants[i]});
    for (const crypto::Bytes& bytes : epoch.added) {
      const absl::StatusOr<format::ParsedGrant> grant = format::ParseGrant(bytes);
      if (grant.ok() && std::find(keys.begin(), keys.end(), grant->recipient) != keys.end())
        released.push_back({epoch.number, bytes});
    }
  }
  return released;
}

std::uint32_t SizeOf(const PageRequest& page, std::uint32_t otherwise, std::uint32_t most) {
  return page.size == 0 ? otherwise : std::min(page.size, most);
}

absl::StatusOr<std::uint32_t> PositionOf(const std::string& token) {
  if (token.empty()) return 0;
  absl::StatusOr<crypto::Bytes> bytes = crypto::Base32Decode(token);
  if (!bytes.ok() || bytes->size() != 4) return base::FieldInvalid("page_token");
  return format::ByteReader(*bytes).U32();
}

std::string TokenOf(std::uint32_t position) {
  return crypto::Base32Encode(format::ByteWriter(4).U32(position).bytes());
}

absl::StatusOr<EntryPage> PageOf(const Ports& ports, const base::CaseId& id, format::Keyring keyring,
                                 const PageRequest& request) {
  absl::StatusOr<std::uint32_t> first = PositionOf(request.token);
  if (!first.ok()) return first.status();
  const std::uint32_t size = SizeOf(request, 20, 50);
  const std::string prefix = base::RowKey(id, static_cast<std::uint8_t>(keyring));
  const std::string after =
      *first == 0 ? "" : base::RowKey(id, static_cast<std::uint8_t>(keyring), std::uint32_t{*first - 1});
  const auto doomed = DoomOf(ports.rows, id);
  if (!doomed.ok()) return doomed.status();
  EntryPage page;
  std::size_t bytes = 0;
  // One more than the page holds, to know whether there is another.
  absl::Status status = ports.rows.Scan<Entry>(prefix, after, size + 1, [&](base::Versioned<Entry> row) {
    if (*doomed && IsDoomed((*doomed)->record, keyring, row.record.sequence)) Redact(row.record);
    const bool full = page.entries.size() == size || bytes + row.record.envelope.size() > kPageBytes;
    if (full && !page.entries.empty()) {
      page.next_token = TokenOf(row.record.sequence);
      return false;
    }
    bytes += row.record.envelope.size();
    page.entries.push_back(std::move(row.record));
    return true;
  });
  if (!status.ok()) return status;
  return page;
}

absl::StatusOr<OpenedLeaf> Opened(const Ports& ports, std::uint32_t number, crypto::Bytes content, crypto::Bytes salt) {
  absl::StatusOr<format::LeafSalt> fixed = format::LeafSalt::FromBytes(salt);
  if (!fixed.ok()) return base::Broken("a leaf's salt has another length");
  const crypto::Digest hash = format::LeafHash(format::LeafCommitment(*fixed, content));
  auto place = ports.rows.Get<ledger::LeafPlace>(hash.view());
  if (!place.ok()) return place.status();
  if (!*place) return base::Broken("a leaf of a case is not in the ledger");
  return OpenedLeaf{number, (*place)->record.index, std::move(content), std::move(salt)};
}

}  // namespace alcove::cases
