#include "tests/server/core/world/rows.h"

#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/records.h"
#include "server/core/clocks/seen.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/records.h"
#include "server/core/hr/tokens.h"
#include "server/core/intake/protection.h"
#include "server/core/intake/spend_token.h"
#include "server/core/ledger/group.h"
#include "server/core/ledger/records.h"
#include "server/core/people/records.h"

namespace alcove::world {
namespace {

using base::Table;

template <class R>
std::unique_ptr<base::Record> Clone(const base::Record& record) {
  return std::make_unique<R>(static_cast<const R&>(record));
}

std::unique_ptr<base::Record> Copy(Table table, const base::Record& record) {
  switch (table) {
    case Table::kOrganisation: return Clone<people::InForce>(record);
    case Table::kDirectory: return Clone<people::DirectoryNote>(record);
    case Table::kPolicy: return Clone<people::PolicyNote>(record);
    case Table::kChartHead: return Clone<people::ChartHead>(record);
    case Table::kChartPage: return Clone<people::ChartPage>(record);
    case Table::kSync: return Clone<hr::Sync>(record);
    case Table::kSyncPage: return Clone<hr::SyncPage>(record);
    case Table::kCase: return Clone<cases::Case>(record);
    case Table::kEntry: return Clone<cases::Entry>(record);
    case Table::kEpoch: return Clone<cases::Epoch>(record);
    case Table::kIdentity: return Clone<cases::Identity>(record);
    case Table::kCaseLeaf: return Clone<cases::CaseLeaf>(record);
    case Table::kHistory: return Clone<cases::HistoryLeaf>(record);
    case Table::kBlob: return Clone<cases::Blob>(record);
    case Table::kBlobPart: return Clone<cases::BlobPart>(record);
    case Table::kMailbox: return Clone<cases::Mailbox>(record);
    case Table::kMembership: return Clone<cases::Membership>(record);
    case Table::kRequest: return Clone<cases::Request>(record);
    case Table::kApproval: return Clone<cases::Approval>(record);
    case Table::kApprovalOf: return Clone<approvals::Party>(record);
    case Table::kAllegation: return Clone<cases::Allegation>(record);
    case Table::kMeasure: return Clone<cases::Measure>(record);
    case Table::kLeaf: return Clone<ledger::LeafPlace>(record);
    case Table::kTile: return Clone<ledger::Tile>(record);
    case Table::kTree: return Clone<ledger::Tree>(record);
    case Table::kCheckpoint: return Clone<ledger::Checkpoint>(record);
    case Table::kPublished: return Clone<ledger::Published>(record);
    case Table::kOpening: return Clone<ledger::Opening>(record);
    case Table::kRefusal: return Clone<ledger::Refusal>(record);
    case Table::kClock: return Clone<clocks::SeenTime>(record);
    case Table::kClockApproval: return Clone<approvals::ClockApproval>(record);
    case Table::kDoomed: return Clone<cases::Doomed>(record);
    case Table::kTombstone: return Clone<cases::Tombstone>(record);
    case Table::kEscrowRoll: return Clone<cases::EscrowRoll>(record);
    case Table::kAdverseAction: return Clone<hr::AdverseAction>(record);
    case Table::kNewestAction: return Clone<hr::NewestAction>(record);
    case Table::kUndecidedAction: return Clone<hr::UndecidedAction>(record);
    case Table::kMeasureOrder: return Clone<cases::MeasureOrder>(record);
    case Table::kOrderOrigin: return Clone<cases::OrderOrigin>(record);
    case Table::kProtectionRequest: return Clone<intake::ProtectionRequest>(record);
    case Table::kSpentToken: return Clone<intake::SpentToken>(record);
    case Table::kTokensDrawn: return Clone<hr::TokensDrawn>(record);
    default: std::abort();  // a table that core has no record for
  }
}

}  // namespace

absl::StatusOr<std::optional<base::Reader::Row>> Rows::GetRow(Table table, std::string_view key) const {
  ++reads_;
  const auto found = rows_.find({table, std::string(key)});
  if (found == rows_.end()) return std::optional<Row>();
  return std::optional<Row>(Row{Copy(table, *found->second.record), found->second.version});
}

absl::Status Rows::ScanRows(Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                            const std::function<bool(Row)>& visit) const {
  const std::string from = after.empty() ? std::string(prefix) : std::string(after);
  for (auto at = after.empty() ? rows_.lower_bound({table, from}) : rows_.upper_bound({table, from});
       at != rows_.end() && limit > 0; ++at, --limit) {
    if (at->first.first != table || !at->first.second.starts_with(prefix)) break;
    if (!visit(Row{Copy(table, *at->second.record), at->second.version})) break;
  }
  return absl::OkStatus();
}

std::int64_t Rows::CountOf(base::Counter, std::string_view name) const {
  const auto found = counts_.find(std::string(name));
  return found == counts_.end() ? 0 : found->second;
}

std::shared_ptr<const Rows::Moment> Rows::Keep() const {
  return std::make_shared<const Moment>(Moment{frontier_, rows_, counts_});
}

void Rows::Return(const Moment& moment) {
  frontier_ = moment.frontier;
  rows_ = moment.rows;
  counts_ = moment.counts;
}

absl::Status Rows::Commit(base::Transaction& transaction, const base::OrganisationId& organisation, base::Day day) {
  return Commit(transaction.changes, transaction.leaves, organisation, day, transaction.pad_to_multiple_of,
                [&](const base::Stamps& stamps) {
                  if (transaction.stamp) transaction.stamp(stamps, transaction.changes);
                });
}

absl::Status Rows::Commit(base::ChangeSet& changes, const std::vector<base::LeafDraft>& leaves,
                          const base::OrganisationId& organisation, base::Day day,
                          const std::function<void(const base::Stamps&)>& stamp) {
  return Commit(changes, leaves, organisation, day, 0, stamp);
}

absl::Status Rows::Commit(base::ChangeSet& changes, const std::vector<base::LeafDraft>& leaves,
                          const base::OrganisationId& organisation, base::Day day, std::uint32_t pad_to_multiple_of,
                          const std::function<void(const base::Stamps&)>& stamp) {
  for (const base::ChangeSet::Expectation& expectation : changes.expectations()) {
    const auto found = rows_.find({expectation.table, expectation.key});
    const bool holds = expectation.version ? found != rows_.end() && found->second.version == *expectation.version
                                           : found == rows_.end();
    if (!holds && !careless_) return base::Contended();
  }
  ledger::CommitGroup group(frontier_, random_);
  base::Stamps stamps;
  stamps.day = day;
  for (const base::LeafDraft& leaf : leaves) {
    absl::StatusOr<std::uint64_t> index = group.Append(leaf);
    if (!index.ok()) return index.status();
    stamps.leaves.push_back({*index, {}});
  }
  const std::vector<crypto::Bytes> promises = group.Promises(organisation, day, log_key_);
  for (std::size_t i = 0; i < promises.size(); ++i) stamps.leaves[i].promise = promises[i];
  if (pad_to_multiple_of > 0) {
    if (absl::Status padded = group.Pad(pad_to_multiple_of); !padded.ok()) return padded;
    stamps.tree_size = group.size();
    stamps.tree_root = group.Root();
  }
  stamp(stamps);
  Apply(changes);
  Apply(group.Rows());
  frontier_ = std::move(group).Take();
  for (const base::ChangeSet::Tally& tally : changes.tallies()) counts_[tally.name] += tally.delta;
  return absl::OkStatus();
}

void Rows::Apply(const base::ChangeSet& changes) {
  for (const base::ChangeSet::Write& write : changes.writes()) {
    if (write.record == nullptr) {
      rows_.erase({write.table, write.key});
      continue;
    }
    rows_[{write.table, write.key}] = {Copy(write.table, *write.record), base::RowVersion(random_.Draw(16))};
  }
}

}  // namespace alcove::world
