#include "server/storage/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "server/core/base/errors.h"
#include "server/storage/rocks_rows.h"

namespace alcove::storage {
namespace {

// The default info log writes host facts and times, and kills the process when the device is full.
class SilentLog final : public rocksdb::Logger {
 public:
  SilentLog() : rocksdb::Logger(rocksdb::InfoLogLevel::HEADER_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

constexpr int kBuffersOfFile = 4;

// How long Resume waits for reads under way; it is asked again a second later.
constexpr int kTriesToBeAlone = 50;
constexpr auto kBetweenTries = std::chrono::milliseconds(2);

// RocksDB would try to go on by itself, on a thread of its own, while Resume does.
class NoRecoveryBehindOurBack final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* go_on) override { *go_on = false; }
};

// Many readers or one who closes. A reader may read again within a read, so whoever closes never keeps one waiting.
class Readers {
 public:
  class Reading {
   public:
    explicit Reading(Readers& all) : all_(all) {
      for (int now = all_.count_.load();;) {
        if (now == kClosed) {
          all_.count_.wait(now);
          now = all_.count_.load();
        } else if (all_.count_.compare_exchange_weak(now, now + 1)) {
          return;
        }
      }
    }
    ~Reading() { all_.count_.fetch_sub(1); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Readers& all_;
  };

  bool TryClose() {
    int none = 0;
    return count_.compare_exchange_strong(none, kClosed);
  }
  void Open() {
    count_.store(0);
    count_.notify_all();
  }

 private:
  static constexpr int kClosed = -1;
  std::atomic<int> count_ = 0;
};

rocksdb::Options OptionsFor(const RocksOptions& wanted) {
  rocksdb::Options o;
  o.create_if_missing = wanted.create;
  o.error_if_exists = wanted.create;
  o.info_log = std::make_shared<SilentLog>();
  o.info_log_level = rocksdb::InfoLogLevel::HEADER_LEVEL;
  o.keep_log_file_num = 1;
  o.recycle_log_file_num = 0;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  o.persist_stats_to_disk = false;
  o.db_host_id.clear();
  o.allow_data_in_errors = false;

  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  o.wal_compression = rocksdb::kNoCompression;
  o.paranoid_checks = true;
  o.paranoid_file_checks = true;
  o.max_bgerror_resume_count = 0;
  o.listeners.push_back(std::make_shared<NoRecoveryBehindOurBack>());
  o.max_open_files = -1;

  o.compression = rocksdb::kNoCompression;
  o.bottommost_compression = rocksdb::kNoCompression;
  // The buffer that fills is small, because every row goes to a random place in it; a file is written from four of them.
  o.write_buffer_size = wanted.write_buffer_bytes / kBuffersOfFile;
  o.min_write_buffer_number_to_merge = kBuffersOfFile;
  o.max_write_buffer_number = 3 * kBuffersOfFile;
  o.max_background_jobs = 2;
  // As much waits above the first level as that level holds (16 files of 32 MiB, 512 MiB): keys are random, so each merge rewrites
  // all of it. Twice as many files make writes slow down, which keeps merges from being put off for ever.
  o.level0_file_num_compaction_trigger = 16;
  o.level0_slowdown_writes_trigger = 32;
  o.level0_stop_writes_trigger = 40;
  o.max_bytes_for_level_base = std::uint64_t{512} << 20;
  o.bytes_per_sync = std::uint64_t{1} << 20;
  o.compaction_readahead_size = std::size_t{1} << 20;
  o.max_manifest_file_size = std::uint64_t{4} << 20;
  // Most rows are new under a random key. The filter answers "absent" for expectations without a walk, and a batch that is
  // sorted (Commit) walks on from where the row before it of the same table went.
  o.memtable_prefix_bloom_size_ratio = 0.02;
  o.memtable_whole_key_filtering = true;
  o.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  // Sequence numbers, which keep the order of arrival, become zero once a file was rewritten at the bottom.
  o.periodic_compaction_seconds = 24 * 3600;

  rocksdb::BlockBasedTableOptions table;
  // One absent key in two thousand costs a read of the device; with the usual ten bits it is one in a hundred, in each of the files
  // that a row may be in, for each of the rows that a filing expects to be absent.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(16));
  table.block_cache = rocksdb::NewLRUCache(std::size_t{32} << 20);
  table.format_version = 5;
  // An entry fills a block of the default 4 KiB alone; what a file costs by the block, when it is written and read back, is
  // spent on a quarter of the blocks.
  table.block_size = std::size_t{16} << 10;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return o;
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenRocks(const RocksOptions& options) {
  // Merges wait for what is left of the processors. They cannot wait for ever: from twenty files on RocksDB slows writes down.
  (void)rocksdb::Env::Default()->LowerThreadPoolCPUPriority(rocksdb::Env::Priority::LOW, rocksdb::CpuPriority::kLow);
  const rocksdb::Options rocks = OptionsFor(options);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = options.read_only ? rocksdb::DB::OpenForReadOnly(rocks, options.directory, &opened)
                                                   : rocksdb::DB::Open(rocks, options.directory, &opened);
  if (status.ok()) return std::unique_ptr<rocksdb::DB>(opened);
  if (status.ToString().find("lock") != std::string::npos)
    return absl::UnavailableError("another process has the database open");
  return StatusOf(status);
}

class RocksStore final : public RowStore {
 public:
  RocksStore(RocksOptions options, std::unique_ptr<rocksdb::DB> db) : options_(std::move(options)), db_(std::move(db)), acknowledged_(db_->GetLatestSequenceNumber()) {
    write_.sync = true;
  }
  ~RocksStore() override {
    if (db_ == nullptr) return;
    if (!options_.read_only && !full_) (void)db_->FlushWAL(true);
    (void)db_->Close();
  }

  absl::StatusOr<bool> Get(std::string_view key, std::string* value) const override {
    const Readers::Reading reading(readers_);
    if (db_ == nullptr) return base::StoreFailed();
    bool found = false;
    const absl::Status status = FindRows(*db_, {&key, 1}, [&](std::size_t, std::optional<std::string_view> row) {
      found = row.has_value();
      if (row) value->assign(*row);
    });
    if (!status.ok()) return status;
    return found;
  }

  absl::Status Versions(std::span<const std::string_view> keys,
                        std::vector<std::optional<base::RowVersion>>* versions) const override {
    const Readers::Reading reading(readers_);
    if (db_ == nullptr) return base::StoreFailed();
    versions->assign(keys.size(), std::nullopt);
    return FindRows(*db_, keys, [&](std::size_t i, std::optional<std::string_view> row) {
      if (row) (*versions)[i] = base::RowVersion(*row);
    });
  }

  absl::Status Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override {
    const Readers::Reading reading(readers_);
    if (db_ == nullptr) return base::StoreFailed();
    return ScanRows(*db_, prefix, after, visit);
  }

  absl::Status Commit(std::span<const RowWrite> writes, std::span<const RowExpectation> expectations) override {
    const std::lock_guard lock(commit_mutex_);
    if (options_.read_only) return absl::FailedPreconditionError("opened for reading only");
    if (failed_) return base::StoreFailed();
    if (full_ || !HasRoom(options_.reserve_bytes)) {
      full_ = true;
      return base::StoreFull();
    }
    for (const RowExpectation& expectation : expectations) {
      const auto version = Version(expectation.key);
      if (!version.ok()) return version.status();
      if (*version != expectation.version) return base::Contended();
    }
    // Nobody reads what RocksDB counts on a thread, and it counts every comparison of keys.
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
    if (const absl::Status status = batch_.Fill(*db_, writes); !status.ok()) return status;
    const rocksdb::Status status = db_->Write(write_, &batch_.batch());
    if (status.ok()) {
      acknowledged_ = db_->GetLatestSequenceNumber();
      return absl::OkStatus();
    }
    if (status.IsNoSpace()) {
      full_ = true;
      stopped_ = true;
      return base::StoreFull();
    }
    failed_ = true;
    return StatusOf(status);
  }

  absl::Status Resume() override {
    const std::lock_guard lock(commit_mutex_);
    if (failed_) return base::StoreFailed();
    if (!full_) return absl::OkStatus();
    if (!HasRoom(options_.reserve_bytes)) return base::StoreFull();
    if (stopped_)
      if (const absl::Status status = OpenAgain(); !status.ok()) return status;
    full_ = false;
    return absl::OkStatus();
  }

  absl::Status Settle() override {
    const Readers::Reading reading(readers_);
    if (db_ == nullptr) return base::StoreFailed();
    rocksdb::CompactRangeOptions compact;
    compact.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    compact.exclusive_manual_compaction = false;
    return StatusOf(db_->CompactRange(compact, nullptr, nullptr));
  }

  absl::Status CopyTo(const std::string& directory) override {
    const Readers::Reading reading(readers_);
    if (db_ == nullptr) return base::StoreFailed();
    rocksdb::Checkpoint* made = nullptr;
    if (const rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made); !status.ok())
      return StatusOf(status);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    return StatusOf(checkpoint->CreateCheckpoint(directory));
  }

 private:
  // RocksDB 7.8's own Resume begins a new log only when rows wait to be written to a file. Where none do it goes on with the
  // log that failed, and Debian's build ends the process at the next write. Opening again always begins a new log.
  absl::Status OpenAgain() {
    if (!HasRoom(options_.write_buffer_bytes)) return base::StoreFull();  // for a file of what the log holds
    for (int tries = 0; !readers_.TryClose(); ++tries) {
      if (tries == kTriesToBeAlone) return base::StoreFull();
      std::this_thread::sleep_for(kBetweenTries);
    }
    (void)db_->Close();
    db_.reset();
    RocksOptions again = options_;
    again.create = false;
    absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenRocks(again);
    stopped_ = !opened.ok();
    if (stopped_) {
      again.read_only = true;  // reads go on
      opened = OpenRocks(again);
    }
    // A device that had room for the row but none to sync it keeps the row in the log, and opening brings it back. Whoever
    // decides above has refused it: only a process that begins from what is there may go on.
    if (opened.ok() && (*opened)->GetLatestSequenceNumber() == acknowledged_) db_ = *std::move(opened);
    failed_ = db_ == nullptr;
    readers_.Open();
    return failed_ ? base::StoreFailed() : stopped_ ? base::StoreFull() : absl::OkStatus();
  }

  bool HasRoom(std::uint64_t bytes) const {
    if (bytes == 0) return true;
    struct statvfs device = {};
    if (statvfs(options_.directory.c_str(), &device) != 0) return true;
    return std::uint64_t{device.f_bavail} * device.f_frsize >= bytes;
  }

  const RocksOptions options_;
  mutable Readers readers_;
  std::unique_ptr<rocksdb::DB> db_;  // replaced by OpenAgain, while nobody reads or commits; null once that failed
  rocksdb::WriteOptions write_;

  std::mutex commit_mutex_;
  RowBatch batch_;
  rocksdb::SequenceNumber acknowledged_;  // of the newest row that Commit said OK to
  bool full_ = false;
  bool stopped_ = false;  // RocksDB itself found the device full
  bool failed_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowStore>> OpenRocksStore(const RocksOptions& options) {
  std::error_code error;
  const bool exists = std::filesystem::exists(std::filesystem::path(options.directory) / "CURRENT", error);
  if (options.create && exists) return absl::AlreadyExistsError("the directory holds a database already");
  if (!options.create && !exists) return absl::NotFoundError("there is no database in the directory");
  if (options.create) {
    if (mkdir(options.directory.c_str(), 0700) != 0 && errno != EEXIST)
      return absl::UnavailableError("the database directory cannot be made");
    if (chmod(options.directory.c_str(), 0700) != 0)
      return absl::UnavailableError("the database directory's mode cannot be set");
  }
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenRocks(options);
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<RowStore>(std::make_unique<RocksStore>(options, *std::move(opened)));
}

}  // namespace alcove::storage
