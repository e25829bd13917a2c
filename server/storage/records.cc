#include "server/storage/records.h"

#include "server/core/base/errors.h"
#include "server/core/ledger/proofs.h"
#include "server/core/ledger/records.h"
#include "server/storage/codec.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kRoomForRow = 1024;

std::string CountKey(base::Counter counter, std::string_view name) {
  return std::string(1, static_cast<char>(counter)).append(name);
}

std::string_view NameOf(base::Table table) {
  const base::TableTraits* traits = base::TraitsOf(table);
  return traits == nullptr ? "unknown" : traits->name;
}

RowKey FindCaseKey(const SealedRows& rows, std::string_view case_id) {
  for (const auto& [id, key] : rows.new_case_keys)
    if (id == case_id) return key;
  return nullptr;
}

// Adds what `append` appends to `rows.bytes`.
template <class Append>
SealedRows::Span Appended(SealedRows& rows, const Append& append) {
  const std::size_t at = rows.bytes.size();
  append(&rows.bytes);
  return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(rows.bytes.size() - at)};
}

absl::Status AppendKey(const DiskKeys& keys, base::Table table, std::string_view key, SealedRows& rows,
                       SealedRows::Span* span) {
  absl::Status status;
  *span = Appended(rows, [&](std::string* out) { status = keys.Append(table, key, out); });
  return status;
}

}  // namespace

void Counts::Add(base::Counter counter, std::string_view name, std::int64_t delta) {
  const std::lock_guard lock(mutex_);
  counts_[CountKey(counter, name)] += delta;
}

std::int64_t Counts::Of(base::Counter counter, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto count = counts_.find(CountKey(counter, name));
  return count == counts_.end() ? 0 : count->second;
}

absl::StatusOr<std::optional<Records::Row>> Records::GetRow(base::Table table, std::string_view key) const {
  if (table == base::Table::kLeaf) return GetPlace(key);
  std::string disk_key;
  if (const absl::Status status = vault_.keys().Append(table, key, &disk_key); !status.ok()) return status;
  thread_local std::string sealed;
  const absl::StatusOr<bool> found = rows_.Get(disk_key, &sealed);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<Row>();
  const absl::StatusOr<RowKey> row_key = vault_.KeyFor(table, key);
  if (!row_key.ok()) return row_key.status();
  if (*row_key == nullptr) return KeyMissing();
  absl::StatusOr<Row> row = Decode(table, **row_key, disk_key, sealed);
  if (!row.ok()) return row.status();
  return std::optional<Row>(*std::move(row));
}

absl::StatusOr<std::optional<Records::Row>> Records::GetPlace(std::string_view leaf_hash) const {
  const absl::StatusOr<crypto::Digest> hash = crypto::Digest::FromBytes(leaf_hash);
  if (!hash.ok()) return base::Broken("a leaf hash of the wrong size");
  const std::uint64_t indexed = derived_.leaves.size();
  std::vector<std::uint64_t> places = derived_.leaves.Candidates(*hash);
  // Read after the candidates, so the tree with this tail has them all. A group is on disk a moment before the index has it.
  const absl::StatusOr<ledger::TreeTail> tail = ledger::ReadTail(*this);
  if (!tail.ok()) return tail.status();
  for (std::uint64_t place = indexed; place < tail->size; ++place) places.push_back(place);
  for (const std::uint64_t place : places) {
    const absl::StatusOr<crypto::Digest> stands_there = ledger::LeafHashAt(*this, *tail, place);
    if (!stands_there.ok()) return stands_there.status();
    if (*stands_there != *hash) continue;
    auto record = std::make_unique<ledger::LeafPlace>();
    record->leaf_hash = *hash;
    record->index = place;
    return std::optional<Row>(Row{std::move(record), base::RowVersion()});
  }
  if (!derived_.leaves.whole()) return LedgerDamaged("a tile cannot be read");
  return std::optional<Row>();
}

absl::Status Records::ScanRows(base::Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                               const std::function<bool(Row)>& visit) const {
  std::string disk_prefix;
  if (const absl::Status status = vault_.keys().AppendPrefix(table, prefix, &disk_prefix); !status.ok()) return status;
  std::string disk_after;
  if (!after.empty())
    if (const absl::Status status = vault_.keys().Append(table, after, &disk_after); !status.ok()) return status;
  absl::Status verdict;
  std::size_t seen = 0;
  if (limit == 0) return verdict;
  const absl::Status scanned = rows_.Scan(disk_prefix, disk_after, [&](std::string_view key, std::string_view sealed) {
    // A case's rows begin with its id on disk as in the row key: no slug stands before it.
    const absl::StatusOr<RowKey> row_key = vault_.KeyFor(table, key.substr(1));
    if (!row_key.ok() || *row_key == nullptr) {
      verdict = row_key.ok() ? KeyMissing() : row_key.status();
      return false;
    }
    absl::StatusOr<Row> row = Decode(table, **row_key, key, sealed);
    if (!row.ok()) {
      verdict = row.status();
      return false;
    }
    ++seen;
    return visit(*std::move(row)) && seen < limit;
  });
  return verdict.ok() ? scanned : verdict;
}

absl::StatusOr<Records::Row> Records::Decode(base::Table table, const crypto::SymmetricKey& key,
                                             std::string_view disk_key, std::string_view sealed) const {
  const Codec* codec = CodecOf(table);
  if (codec == nullptr) return base::Broken("a row that only storage may touch");
  const absl::StatusOr<crypto::Plaintext> padded = vault_.Open(table, key, disk_key, sealed);
  if (!padded.ok()) {
    events_.Record(base::Event::kRowRefused);
    return padded.status();
  }
  const absl::StatusOr<std::string_view> content = Vault::Content(*padded);
  std::unique_ptr<base::Record> record = content.ok() ? codec->decode(*content) : nullptr;
  if (record == nullptr) {
    events_.Record(base::Event::kRowRefused);
    return RowDamaged(NameOf(table));
  }
  return Row{std::move(record), base::RowVersion(sealed)};
}

absl::StatusOr<RowKey> Records::KeyToWrite(const base::ChangeSet& changes, base::Table table, std::string_view key,
                                           const SealedRows* with, SealedRows* out) const {
  const base::TableTraits* traits = base::TraitsOf(table);
  if (traits == nullptr || traits->scope != base::Scope::kCase || key.size() < base::CaseId::kSize)
    return vault_.KeyFor(table, key);

  const std::string_view case_id = key.substr(0, base::CaseId::kSize);
  if (RowKey made = FindCaseKey(*out, case_id)) return made;
  if (with != nullptr)
    if (RowKey made = FindCaseKey(*with, case_id)) return made;

  bool makes_case = false;
  for (const base::ChangeSet::Expectation& expectation : changes.expectations())
    makes_case |= expectation.table == base::Table::kCase && expectation.key == case_id && !expectation.version;
  if (!makes_case) {
    absl::StatusOr<RowKey> kept = vault_.KeyFor(table, key);
    if (kept.ok() && *kept == nullptr) return KeyMissing();
    return kept;
  }
  // A retry of the same filing may find the case there: its expectation fails then, and this key with it.
  SealedRows::Span disk_key;
  if (const absl::Status status = AppendKey(vault_.keys(), base::Table::kCaseKey, case_id, *out, &disk_key); !status.ok())
    return status;
  std::string wrapped;
  RowKey drawn = vault_.DrawCaseKey(out->View(disk_key), &wrapped);
  const SealedRows::Span value = Appended(*out, [&](std::string* bytes) { bytes->append(wrapped); });
  // That there is none yet follows from the case's own expectation: key and case are written and deleted together.
  out->rows.push_back({disk_key, value, false});
  out->new_case_keys.emplace_back(std::string(case_id), drawn);
  return drawn;
}

absl::Status Records::Encode(const base::ChangeSet& changes, const SealedRows* with, SealedRows* out) const {
  thread_local std::string content;
  thread_local std::string disk_key;
  // One allocation: rows are small but for an entry.
  out->bytes.reserve(out->bytes.size() + kRoomForRow * (changes.writes().size() + 1));
  out->rows.reserve(out->rows.size() + changes.writes().size() + 1);
  out->expectations.reserve(out->expectations.size() + changes.expectations().size() + 1);
  for (const base::ChangeSet::Expectation& expectation : changes.expectations()) {
    SealedRows::Span key;
    if (const absl::Status status = AppendKey(vault_.keys(), expectation.table, expectation.key, *out, &key);
        !status.ok())
      return status;
    out->expectations.push_back({key, expectation.version});
  }
  for (const base::ChangeSet::Write& write : changes.writes()) {
    const base::TableTraits* traits = base::TraitsOf(write.table);
    if (traits != nullptr && traits->scope == base::Scope::kMemory) continue;
    const Codec* codec = CodecOf(write.table);
    if (codec == nullptr) return base::Broken("a row that only storage may touch");
    if (write.record == nullptr) {
      SealedRows::Span key;
      if (const absl::Status status = AppendKey(vault_.keys(), write.table, write.key, *out, &key); !status.ok())
        return status;
      out->rows.push_back({key, {}, true});
      if (write.table != base::Table::kCase) continue;
      if (const absl::Status status = AppendKey(vault_.keys(), base::Table::kCaseKey, write.key, *out, &key);
          !status.ok())
        return status;
      out->rows.push_back({key, {}, true});
      out->shredded.push_back(write.key);
      continue;
    }
    const absl::StatusOr<RowKey> row_key = KeyToWrite(changes, write.table, write.key, with, out);
    if (!row_key.ok()) return row_key.status();
    SealedRows::Span key;
    if (const absl::Status status = AppendKey(vault_.keys(), write.table, write.key, *out, &key); !status.ok())
      return status;
    content.clear();
    codec->encode(*write.record, &content);
    // The key on disk is copied: sealing grows the buffer it stands in.
    disk_key.assign(out->View(key));
    const SealedRows::Span value =
        Appended(*out, [&](std::string* bytes) { vault_.Seal(**row_key, disk_key, &content, bytes); });
    out->rows.push_back({key, value, false});
  }
  return absl::OkStatus();
}

absl::Status Records::EncodeOwn(base::Table table, std::string content, SealedRows* out) const {
  const absl::StatusOr<RowKey> row_key = vault_.KeyFor(table, {});
  if (!row_key.ok()) return row_key.status();
  const std::string disk_key(1, static_cast<char>(table));
  const SealedRows::Span key = Appended(*out, [&](std::string* bytes) { bytes->append(disk_key); });
  const SealedRows::Span value =
      Appended(*out, [&](std::string* bytes) { vault_.Seal(**row_key, disk_key, &content, bytes); });
  out->rows.push_back({key, value, false});
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Records::GetOwn(base::Table table) const {
  const absl::StatusOr<RowKey> row_key = vault_.KeyFor(table, {});
  if (!row_key.ok()) return row_key.status();
  const std::string disk_key(1, static_cast<char>(table));
  std::string sealed;
  const absl::StatusOr<bool> found = rows_.Get(disk_key, &sealed);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<std::string>();
  const absl::StatusOr<crypto::Plaintext> padded = vault_.Open(table, **row_key, disk_key, sealed);
  if (!padded.ok()) return padded.status();
  const absl::StatusOr<std::string_view> content = Vault::Content(*padded);
  if (!content.ok()) return RowDamaged(NameOf(table));
  return std::optional<std::string>(std::string(*content));
}

}  // namespace alcove::storage
