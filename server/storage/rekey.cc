#include "server/storage/rekey.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "crypto/format/envelope.h"
#include "server/core/approvals/records.h"
#include "server/core/base/errors.h"
#include "server/core/base/keys.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/records.h"
#include "server/storage/codec.h"
#include "server/storage/errors.h"
#include "server/storage/records.h"
#include "server/storage/seal.h"
#include "server/storage/silent_sink.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kAll = SIZE_MAX;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

// The case that a row of the store's scope is about and goes with. Every table that core has is named here, so that a new one
// has to say. Mailboxes and tombstones stay; what is to go is erased by whoever writes the tombstone.
std::optional<base::CaseId> GoesWith(base::Table table, const base::Record& record) {
  switch (table) {
    case base::Table::kBlob: return static_cast<const cases::Blob&>(record).case_id;
    case base::Table::kMembership: return static_cast<const cases::Membership&>(record).case_id;
    case base::Table::kApprovalOf: {
      const base::CaseId& id = static_cast<const approvals::Party&>(record).case_id;
      return id.IsZero() ? std::nullopt : std::optional(id);
    }
    case base::Table::kOrderOrigin: return static_cast<const cases::OrderOrigin&>(record).case_id;
    case base::Table::kFormat:
    case base::Table::kCaseKey:
    case base::Table::kOrganisation:
    case base::Table::kDirectory:
    case base::Table::kPolicy:
    case base::Table::kChartHead:
    case base::Table::kChartPage:
    case base::Table::kSync:
    case base::Table::kSyncPage:
    case base::Table::kCase:
    case base::Table::kEntry:
    case base::Table::kEpoch:
    case base::Table::kIdentity:
    case base::Table::kCaseLeaf:
    case base::Table::kHistory:
    case base::Table::kBlobPart:
    case base::Table::kMailbox:
    case base::Table::kRequest:
    case base::Table::kApproval:
    case base::Table::kAllegation:
    case base::Table::kMeasure:
    case base::Table::kLeaf:
    case base::Table::kTile:
    case base::Table::kTree:
    case base::Table::kCheckpoint:
    case base::Table::kPublished:
    case base::Table::kOpening:
    case base::Table::kRefusal:
    case base::Table::kGroup:
    case base::Table::kClock:
    case base::Table::kMail:
    case base::Table::kClockApproval:
    case base::Table::kDoomed:
    case base::Table::kTombstone:
    // Whoever writes the tombstone takes the case from the rolls.
    case base::Table::kEscrowRoll:
    // Of no case, so that none of them can be joined to one.
    case base::Table::kAdverseAction:
    case base::Table::kNewestAction:
    case base::Table::kUndecidedAction:
    case base::Table::kProtectionRequest:
    // A token stays spent when what it was spent on is gone.
    case base::Table::kSpentToken:
    case base::Table::kTokensDrawn:
    case base::Table::kMeasureOrder: return std::nullopt;
  }
  return std::nullopt;
}

// Rows on their way into the new store, by the batch.
class Writer {
 public:
  explicit Writer(RowStore& rows) : rows_(rows) {}

  absl::Status Add(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    kept_.emplace_back(std::move(key), std::move(value));
    ++count_;
    return bytes_ < kBatchBytes ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    std::vector<RowWrite> batch;
    batch.reserve(kept_.size());
    for (const auto& [key, value] : kept_) batch.push_back({key, value});
    absl::Status status;
    if (!batch.empty()) status = rows_.Commit(batch, {});
    kept_.clear();
    bytes_ = 0;
    return status;
  }
  std::uint64_t count() const { return count_; }

 private:
  RowStore& rows_;
  std::deque<std::pair<std::string, std::string>> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t count_ = 0;
};

class Copy {
 public:
  Copy(const RowStore& from, const Vault& old_vault, const Vault& new_vault, RowStore& to, Take take)
      : from_(from), old_(old_vault), new_(new_vault), records_(from, old_vault, derived_, events_), writer_(to), take_(take) {}

  absl::StatusOr<RekeyReport> Run() {
    absl::Status status = FindDoomed();
    if (status.ok()) status = FindBlobs();
    if (status.ok()) status = Each(base::Table::kCaseKey, [this](auto key, auto sealed) { return CaseKey(key, sealed); });
    // Before rows are sealed under them.
    if (status.ok()) status = writer_.Flush();
    for (const base::TableTraits& traits : base::kTables) {
      if (!status.ok()) break;
      // Places of leaves were rows once (format 2); what they say is in the tiles.
      if (traits.scope == base::Scope::kKek || traits.scope == base::Scope::kMemory) continue;
      status = Each(traits.table, [&](auto key, auto sealed) { return OneRow(traits, key, sealed); });
    }
    if (status.ok()) status = NothingElse();
    if (status.ok()) status = writer_.Flush();
    if (!status.ok()) return status;
    report_.rows = writer_.count();
    return std::move(report_);
  }

 private:
  template <class Visit>
  absl::Status Each(base::Table table, Visit visit) {
    absl::Status inner;
    const absl::Status status = from_.Scan(std::string(1, static_cast<char>(table)), {}, [&](auto key, auto sealed) {
      inner = visit(key, sealed);
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // A row of a table that this program does not know would be left behind.
  absl::Status NothingElse() {
    absl::Status inner;
    const absl::Status status = from_.Scan({}, {}, [&](std::string_view key, std::string_view) {
      if (key.empty() || base::TraitsOf(static_cast<base::Table>(static_cast<unsigned char>(key.front()))) == nullptr)
        inner = RowDamaged("unknown");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  absl::Status FindDoomed() {
    if (take_ == Take::kNothing) return absl::OkStatus();
    absl::Status inner;
    const absl::Status status = records_.Scan<cases::Doomed>({}, {}, kAll, [&](base::Versioned<cases::Doomed> row) {
      const base::CaseId id = row.record.case_id;
      const auto found = records_.Get<cases::Case>(base::RowKey(id));
      if (!found.ok()) inner = found.status();
      else if (!*found) inner = RowDamaged("doomed");
      else if (row.record.whole) report_.gone.push_back(cases::GoneCaseOf((*found)->record, *row.record.whole));
      else report_.touched.push_back(id);
      doomed_.emplace(id.view(), std::move(row.record));
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // Attachments of entries that lose their body.
  absl::Status FindBlobs() {
    if (report_.touched.empty()) return absl::OkStatus();
    return records_.Scan<cases::Blob>({}, {}, kAll, [&](base::Versioned<cases::Blob> row) {
      const auto found = doomed_.find(row.record.case_id.view());
      if (found != doomed_.end() && cases::IsDoomed(found->second, row.record.keyring, row.record.sequence))
        blobs_gone_.insert(std::string(row.record.id.view()));
      return true;
    });
  }

  // What is to go of the case whose id begins the key; null where nothing is.
  const cases::Doomed* DoomedOf(std::string_view case_id) const {
    const auto found = doomed_.find(case_id);
    return found == doomed_.end() ? nullptr : &found->second;
  }

  absl::Status Gone() {
    ++report_.rows_gone;
    return absl::OkStatus();
  }

  absl::Status CaseKey(std::string_view disk_key, std::string_view sealed) {
    const std::string_view case_id = disk_key.substr(1);
    if (const absl::StatusOr<RowKey> opened = old_.Unwrap(disk_key, sealed); !opened.ok()) return opened.status();
    if (const cases::Doomed* doomed = DoomedOf(case_id); doomed != nullptr && doomed->whole) return Gone();
    std::string wrapped;
    (void)new_.DrawCaseKey(disk_key, &wrapped);
    return writer_.Add(std::string(disk_key), std::move(wrapped));
  }

  absl::Status OneRow(const base::TableTraits& traits, std::string_view disk_key, std::string_view sealed) {
    const absl::StatusOr<RowKey> old_key = old_.KeyFor(traits.table, disk_key.substr(1));
    if (!old_key.ok()) return old_key.status();
    if (*old_key == nullptr) return KeyMissing();
    const absl::StatusOr<crypto::Plaintext> padded = old_.Open(traits.table, **old_key, disk_key, sealed);
    if (!padded.ok()) return padded.status();
    const absl::StatusOr<std::string_view> content = Vault::Content(*padded);
    if (!content.ok()) return RowDamaged(traits.name);
    const Codec* codec = CodecOf(traits.table);
    std::unique_ptr<base::Record> record;
    if (codec != nullptr) {
      record = codec->decode(*content);
      if (record == nullptr) return RowDamaged(traits.name);
    }

    std::string text(*content);
    if (traits.scope == base::Scope::kCase) {
      const cases::Doomed* doomed = DoomedOf(disk_key.substr(1, base::CaseId::kSize));
      if (doomed != nullptr && doomed->whole) return Gone();
      if (doomed != nullptr && traits.table == base::Table::kBlobPart &&
          blobs_gone_.contains(std::string(static_cast<const cases::BlobPart&>(*record).blob.view())))
        return Gone();
      if (doomed != nullptr && traits.table == base::Table::kEntry) {
        auto& entry = static_cast<cases::Entry&>(*record);
        if (cases::IsDoomed(*doomed, entry.keyring, entry.sequence)) {
          cases::Redact(entry);
          text.clear();
          codec->encode(entry, &text);
          ++report_.redacted;
        }
      }
    } else if (record != nullptr) {
      const std::optional<base::CaseId> with = GoesWith(traits.table, *record);
      const cases::Doomed* doomed = with ? DoomedOf(with->view()) : nullptr;
      if (doomed != nullptr && doomed->whole) return Gone();
      if (traits.table == base::Table::kBlob &&
          blobs_gone_.contains(std::string(static_cast<const cases::Blob&>(*record).id.view())))
        return Gone();
    }

    std::string new_disk_key;
    const std::string row_key = codec == nullptr ? std::string() : codec->key(*record);
    if (absl::Status status = new_.keys().Append(traits.table, row_key, &new_disk_key); !status.ok()) return status;
    std::string old_disk_key;
    if (absl::Status status = old_.keys().Append(traits.table, row_key, &old_disk_key); !status.ok()) return status;
    if (old_disk_key != disk_key) return RowDamaged(traits.name);  // it stands under a key that is not its own
    const absl::StatusOr<RowKey> new_key = new_.KeyFor(traits.table, row_key);
    if (!new_key.ok()) return new_key.status();
    if (*new_key == nullptr) return KeyMissing();
    std::string value;
    new_.Seal(**new_key, new_disk_key, &text, &value);
    crypto::Wipe(text);
    return writer_.Add(std::move(new_disk_key), std::move(value));
  }

  const RowStore& from_;
  const Vault& old_;
  const Vault& new_;
  const Derived derived_;
  SilentSink events_;
  const Records records_;
  Writer writer_;
  const Take take_;
  std::map<std::string, cases::Doomed, std::less<>> doomed_;
  std::set<std::string> blobs_gone_;
  RekeyReport report_;
};

}  // namespace

absl::StatusOr<RekeyReport> CopyUnderNewKeys(const RowStore& from, const crypto::SymmetricKey& kek, RowStore& to,
                                             const crypto::SymmetricKey& new_kek, Take take, crypto::Random& random) {
  const auto old_vault = Vault::Open(from, kek, random);
  if (!old_vault.ok()) return old_vault.status();
  if (const absl::Status status = Vault::CreateNext(to, new_kek, **old_vault, random); !status.ok()) return status;
  const auto new_vault = Vault::Open(to, new_kek, random);
  if (!new_vault.ok()) return new_vault.status();
  return Copy(from, **old_vault, **new_vault, to, take).Run();
}

}  // namespace alcove::storage
