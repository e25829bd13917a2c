#include "server/storage/rocks_rows.h"

#include <rocksdb/snapshot.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "server/core/base/errors.h"
#include "server/core/base/tables.h"
#include "server/storage/newborn.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kKeysAtOnce = 32;  // as many as RocksDB itself looks for at once

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// What RocksDB answered to some keys at one moment.
struct Answers {
  std::array<rocksdb::Slice, kKeysAtOnce> keys;
  std::array<rocksdb::PinnableSlice, kKeysAtOnce> values;
  std::array<rocksdb::Status, kKeysAtOnce> statuses;
  std::size_t size = 0;

  void Ask(std::string_view key) { keys[size++] = SliceOf(key); }
  absl::Status Get(rocksdb::DB& db) {
    db.MultiGet(rocksdb::ReadOptions(), db.DefaultColumnFamily(), size, keys.data(), values.data(), statuses.data());
    for (std::size_t i = 0; i < size; ++i)
      if (!statuses[i].ok() && !statuses[i].IsNotFound()) return StatusOf(statuses[i]);
    return absl::OkStatus();
  }
  std::optional<std::string_view> Of(std::size_t i) const {
    return statuses[i].ok() ? std::optional(ViewOf(values[i])) : std::nullopt;
  }
};

// The rows of one table that newborns hold, in order.
class RowsOfNewborns {
 public:
  // The views outlive it.
  RowsOfNewborns(rocksdb::DB& db, const rocksdb::ReadOptions& options, std::string_view prefix, std::string_view after)
      : prefix_(prefix), after_(after), within_(NewbornKey(CaseIn(prefix))) {
    if (!LiesWithCase(prefix.front())) return;
    newborns_.reset(db.NewIterator(options));
    newborns_->Seek(NewbornKey(CaseIn(std::max(prefix, after))));
    Fill();
  }

  const NewbornRow* row() const { return next_ < rows_.size() ? &rows_[next_] : nullptr; }
  void Next() {
    if (++next_ < rows_.size()) return;
    newborns_->Next();
    Fill();
  }
  const absl::Status& status() const { return status_; }

 private:
  // From the newborn that the iterator stands at, on to the first that holds such a row.
  void Fill() {
    next_ = 0;
    for (; newborns_->Valid() && ViewOf(newborns_->key()).starts_with(within_); newborns_->Next()) {
      auto rows = RowsOfNewborn(ViewOf(newborns_->key()).substr(1), ViewOf(newborns_->value()));
      if (!rows.ok()) {
        rows_.clear();
        status_ = rows.status();
        return;
      }
      std::erase_if(*rows, [this](const NewbornRow& row) { return !row.key.starts_with(prefix_) || row.key <= after_; });
      rows_ = *std::move(rows);
      if (!rows_.empty()) return;
    }
    rows_.clear();
    status_ = StatusOf(newborns_->status());
  }

  const std::string_view prefix_;
  const std::string_view after_;
  const std::string within_;  // the keys of the newborns
  std::unique_ptr<rocksdb::Iterator> newborns_;
  std::vector<NewbornRow> rows_;  // of the newborn that the iterator stands at
  std::size_t next_ = 0;
  absl::Status status_;
};

// Of the table whose number begins the prefix. False when the visitor ended it.
absl::StatusOr<bool> ScanTable(rocksdb::DB& db, const rocksdb::ReadOptions& options, std::string_view prefix,
                               std::string_view after, const RowStore::Visit& visit) {
  if (prefix.front() == kNewbornTable) return true;
  const std::unique_ptr<rocksdb::Iterator> grown(db.NewIterator(options));
  grown->Seek(SliceOf(std::max(prefix, after)));
  if (!after.empty() && grown->Valid() && ViewOf(grown->key()) == after) grown->Next();
  RowsOfNewborns newborns(db, options, prefix, after);
  // Where the next row cannot be read the scan ends, whatever else there would be.
  while (newborns.status().ok() && (grown->Valid() || grown->status().ok())) {
    const NewbornRow* newborn = newborns.row();
    const bool has_grown = grown->Valid() && ViewOf(grown->key()).starts_with(prefix);
    if (newborn == nullptr && !has_grown) break;
    if (newborn != nullptr && (!has_grown || newborn->key <= ViewOf(grown->key()))) {
      if (has_grown && newborn->key == ViewOf(grown->key())) grown->Next();  // hidden
      if (!visit(newborn->key, newborn->value)) return false;
      newborns.Next();
    } else {
      if (!visit(ViewOf(grown->key()), ViewOf(grown->value()))) return false;
      grown->Next();
    }
  }
  if (!newborns.status().ok()) return newborns.status();
  if (!grown->status().ok()) return StatusOf(grown->status());
  return true;
}

}  // namespace

absl::Status StatusOf(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace()) return base::StoreFull();
  if (status.IsCorruption()) return absl::DataLossError("the database is damaged: `alcoved check` says where, `alcoved restore` brings back a backup");
  if (status.IsPathNotFound() || status.IsNotFound()) return absl::DataLossError("a file of the database is missing: `alcoved restore` brings back a backup");
  if (status.IsIOError()) return absl::UnavailableError("the device failed");
  return absl::UnavailableError("the database refused");
}

absl::Status FindRows(rocksdb::DB& db, std::span<const std::string_view> keys,
                      const std::function<void(std::size_t, std::optional<std::string_view>)>& found) {
  std::array<std::string, kKeysAtOnce> newborns;
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    // A row of a case is looked for in its newborn first, and among the others all the same.
    Answers answers;
    for (; end < keys.size() && answers.size + 2 <= kKeysAtOnce; ++end) {
      if (IsKeyOfCase(keys[end])) answers.Ask(newborns[answers.size] = NewbornKey(CaseIn(keys[end])));
      answers.Ask(keys[end]);
    }
    if (const absl::Status status = answers.Get(db); !status.ok()) return status;
    std::size_t next = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::optional<std::string_view> newborn = IsKeyOfCase(keys[i]) ? answers.Of(next++) : std::nullopt;
      std::optional<std::string_view> row = answers.Of(next++);
      if (newborn) {
        const auto rows = RowsOfNewborn(CaseIn(keys[i]), *newborn);
        if (!rows.ok()) return rows.status();
        for (const NewbornRow& one : *rows)
          if (one.key == keys[i]) row = one.value;
      }
      found(i, row);
    }
  }
  return absl::OkStatus();
}

absl::Status ScanRows(rocksdb::DB& db, std::string_view prefix, std::string_view after, const RowStore::Visit& visit) {
  rocksdb::ReadOptions options;
  // A single walk through the database sees one moment by itself.
  std::optional<rocksdb::ManagedSnapshot> moment;
  if (prefix.empty() || LiesWithCase(prefix.front())) options.snapshot = moment.emplace(&db).snapshot();
  if (!prefix.empty()) return ScanTable(db, options, prefix, after, visit).status();
  // Table by table: a newborn's rows belong into several.
  for (int table = after.empty() ? 0 : static_cast<unsigned char>(after.front()); table < 256; ++table) {
    const char number = static_cast<char>(table);
    const auto goes_on = ScanTable(db, options, {&number, 1}, after.starts_with(number) ? after : std::string_view(), visit);
    if (!goes_on.ok() || !*goes_on) return goes_on.status();
  }
  return absl::OkStatus();
}

void RowBatch::Sort(std::span<const RowWrite> writes) {
  sorted_.assign(writes.begin(), writes.end());
  std::stable_sort(sorted_.begin(), sorted_.end(), [](const RowWrite& a, const RowWrite& b) { return a.key < b.key; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sorted_.size(); ++i)
    if (i + 1 == sorted_.size() || sorted_[i].key != sorted_[i + 1].key) sorted_[kept++] = sorted_[i];
  sorted_.resize(kept);
}

const RowWrite* RowBatch::Find(std::string_view key) const {
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), key,
                                      [](const RowWrite& write, std::string_view wanted) { return write.key < wanted; });
  return found != sorted_.end() && found->key == key ? &*found : nullptr;
}

RowBatch::WrittenCase* RowBatch::CaseOf(std::string_view key) {
  if (!IsKeyOfCase(key)) return nullptr;
  return &*std::lower_bound(cases_.begin(), cases_.end(), CaseIn(key),
                            [](const WrittenCase& one, std::string_view id) { return one.id < id; });
}

absl::Status RowBatch::FindCases(rocksdb::DB& db) {
  ids_.clear();
  for (const RowWrite& write : sorted_)
    if (IsKeyOfCase(write.key)) ids_.push_back(CaseIn(write.key));
  std::sort(ids_.begin(), ids_.end());
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
  cases_.clear();
  cases_.resize(ids_.size());
  for (std::size_t begin = 0; begin < ids_.size(); begin += kKeysAtOnce) {
    std::array<std::string, kKeysAtOnce> keys;
    Answers answers;
    for (std::size_t i = begin; i < ids_.size() && answers.size < kKeysAtOnce; ++i)
      answers.Ask(keys[answers.size] = NewbornKey(ids_[i]));
    if (const absl::Status status = answers.Get(db); !status.ok()) return status;
    for (std::size_t i = 0; i < answers.size; ++i) {
      WrittenCase& one = cases_[begin + i];
      one.id = ids_[begin + i];
      one.newborn = answers.Of(i);
      const auto is_written = [&](base::Table table) {
        const RowWrite* write = Find(std::string(1, static_cast<char>(table)).append(one.id));
        return write != nullptr && !write->remove;
      };
      one.is_born = !one.newborn && is_written(base::Table::kCaseKey) && is_written(base::Table::kCase);
    }
  }
  return absl::OkStatus();
}

absl::Status RowBatch::Grow(const WrittenCase& one) {
  const auto rows = RowsOfNewborn(one.id, *one.newborn);
  if (!rows.ok()) return rows.status();
  for (const NewbornRow& row : *rows) {
    if (Find(row.key) != nullptr) continue;
    if (const rocksdb::Status status = batch_.Put(SliceOf(row.key), SliceOf(row.value)); !status.ok()) return StatusOf(status);
  }
  return StatusOf(batch_.Delete(NewbornKey(one.id)));
}

absl::Status RowBatch::Bear(const WrittenCase& one) {
  parts_.clear();
  for (const RowWrite* row : one.born) {
    const std::size_t at = heads_.size();
    AppendNewbornHead(*row, &heads_);
    parts_.push_back(SliceOf(std::string_view(heads_).substr(at)));
    parts_.push_back(SliceOf(row->value));
  }
  const std::string key = NewbornKey(one.id);
  const rocksdb::Slice key_part = SliceOf(key);
  return StatusOf(batch_.Put(rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(parts_.data(), static_cast<int>(parts_.size()))));
}

absl::Status RowBatch::Fill(rocksdb::DB& db, std::span<const RowWrite> writes) {
  batch_.Clear();
  Sort(writes);
  if (absl::Status status = FindCases(db); !status.ok()) return status;
  for (const RowWrite& write : sorted_) {
    WrittenCase* one = write.remove ? nullptr : CaseOf(write.key);
    if (one != nullptr && one->is_born) {
      one->born.push_back(&write);
      continue;
    }
    const rocksdb::Status status = write.remove ? batch_.Delete(SliceOf(write.key))
                                                : batch_.Put(SliceOf(write.key), SliceOf(write.value));
    if (!status.ok()) return StatusOf(status);
  }
  heads_.clear();
  heads_.reserve(kMostNewbornHead * sorted_.size());  // parts point into it
  for (const WrittenCase& one : cases_) {
    absl::Status status;
    if (one.is_born) status = Bear(one);
    else if (one.newborn) status = Grow(one);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace alcove::storage
