#include "server/app/shred.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <optional>
#include <sstream>
#include <utility>

#include "server/app/errors.h"
#include "server/app/init.h"
#include "server/core/cases/tombstone.h"
#include "server/core/clocks/seen.h"
#include "server/core/ledger/draft.h"
#include "server/storage/backup.h"
#include "server/storage/check.h"
#include "server/storage/errors.h"
#include "server/storage/label.h"
#include "server/storage/records.h"
#include "server/storage/rocks_store.h"
#include "server/storage/store.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTitle = "alcove.shred.v1";
constexpr std::string_view kBuilding = "building";
constexpr std::string_view kSwitching = "switching";

fs::path JournalIn(const fs::path& data) { return data / "shred"; }
fs::path NextIn(const fs::path& data) { return data / "next"; }

class SilentSink final : public base::EventSink {
 public:
  void Record(base::Event) override {}
};

absl::Status SyncDirectory(const fs::path& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const std::string why = std::strerror(errno);
  if (file >= 0) close(file);
  return synced ? absl::OkStatus() : FileNotWritten(directory, why);
}

absl::Status Rename(const fs::path& from, const fs::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return FileNotWritten(to, std::strerror(errno));
  return SyncDirectory(to.parent_path());
}

absl::Status RemoveAll(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return FileNotWritten(path, error.message());
  return fs::exists(path.parent_path(), error) ? SyncDirectory(path.parent_path()) : absl::OkStatus();
}

struct ShredJournal {
  std::string phase;
  fs::path backup;
};

absl::Status WriteJournal(const fs::path& data, const ShredJournal& journal) {
  const fs::path fresh = data / "shred.new";
  std::error_code error;
  fs::remove(fresh, error);
  const std::string text =
      std::string(kTitle) + "\nphase " + journal.phase + "\nbackup " + journal.backup.string() + "\n";
  if (absl::Status s = WriteNewFile(fresh, text); !s.ok()) return s;
  return Rename(fresh, JournalIn(data));
}

// Nothing where no batch is under way.
absl::StatusOr<std::optional<ShredJournal>> ReadJournal(const fs::path& data) {
  const fs::path file = JournalIn(data);
  std::error_code error;
  if (!fs::exists(file, error)) return std::optional<ShredJournal>();
  const absl::StatusOr<std::string> text = ReadFile(file, 8192);
  if (!text.ok()) return text.status();
  std::istringstream lines(*text);
  std::string title, phase, backup;
  std::getline(lines, title);
  std::getline(lines, phase);
  std::getline(lines, backup);
  const bool good = title == kTitle && (phase == "phase building" || phase == "phase switching") &&
                    backup.starts_with("backup /") && text->ends_with("\n");
  if (!good) return ShredJournalUnreadable(file);
  return std::optional(ShredJournal{phase.substr(6), backup.substr(7)});
}

class Batch {
 public:
  explicit Batch(const ShredWorld& world) : world_(world), data_(world.data), next_(NextIn(world.data)) {}

  absl::StatusOr<Shredded> Run() {
    if (absl::Status s = Prepare(); !s.ok()) return s;
    const absl::Status built = Build();
    if (!built.ok()) {
      // What cannot be taken away now is at the next start.
      FinishShred(data_, world_.keys, world_.random).status().IgnoreError();
      return built;
    }
    const absl::StatusOr<Finished> finished = FinishShred(data_, world_.keys, world_.random, world_.at);
    if (!finished.ok()) return finished.status();
    return done_;
  }

 private:
  void At(ShredStep step) const {
    if (world_.at) world_.at(step);
  }
  fs::path NextKek() const { return world_.keys.directory / kNextKekFile; }

  // Everything that could be in the way is looked for before the first thing is made.
  absl::Status Prepare() {
    if (absl::Status s = CheckDataDirectory(data_); !s.ok()) return s;
    absl::StatusOr<storage::ServerKeys> keys = ReadKeys(world_.keys);
    if (!keys.ok()) return keys.status();
    keys_ = *std::move(keys);
    // A tombstone is signed once, by the key that everybody will know.
    if (keys_->next_log_key) return LogKeyIsReplaced(world_.keys.Find(KeyKind::kNextLog));
    const fs::path kek = world_.keys.Find(KeyKind::kKek);
    if (kek.parent_path() != world_.keys.directory) return KekIsCredential(kek);
    std::error_code error;
    if (fs::exists(NextKek(), error)) return FileAlreadyThere(NextKek());
    for (const fs::path& path : {world_.backup, fs::path(world_.backup.string() + ".trial")})
      if (fs::exists(path, error)) return FileAlreadyThere(path);
    if (!world_.backup.is_absolute() || !fs::is_directory(world_.backup.parent_path(), error))
      return FileNotWritten(world_.backup, "there is no such directory to put the new backup in");
    return LookAtOldStore();
  }

  absl::Status LookAtOldStore() {
    auto rows = OpenRows(storage::DatabaseIn(data_.string()), true);
    if (!rows.ok()) return rows.status();
    old_rows_ = *std::move(rows);
    auto vault = storage::Vault::Open(*old_rows_, keys_->kek, world_.random);
    if (vault.status() == storage::WrongKek()) {
      return KeyWrong(world_.keys.Find(KeyKind::kKek),
                      std::string(storage::WhyWrongKek(storage::ReadLabel(data_.string()), keys_->kek_facts).message()));
    }
    if (!vault.ok()) return vault.status();
    done_.epoch = (*vault)->epoch();
    organisation_ = (*vault)->organisation();
    SilentSink events;
    const storage::Derived derived;
    const storage::Records records(*old_rows_, **vault, derived, events);
    const auto mark = storage::Mark::Open(storage::MarkIn(data_.string()), keys_->kek);
    if (!mark.ok()) return mark.status();
    const auto edge = storage::ReadEdge(records);
    if (!edge.ok()) return edge.status();
    if (absl::Status s = storage::CompareWithMark(edge->state, (*mark)->state()); !s.ok()) return s;
    if (world_.take == storage::Take::kNothing) return absl::OkStatus();

    const absl::StatusOr<bool> frozen = clocks::HoldsNow(records, world_.clock.Now());
    if (!frozen.ok()) return frozen.status();
    if (*frozen) return ShreddingWaitsForClock();
    bool any = false;
    const absl::Status scanned = records.Scan<cases::Doomed>({}, {}, 1, [&](const base::Versioned<cases::Doomed>&) {
      any = true;
      return false;
    });
    if (!scanned.ok()) return scanned;
    return any ? absl::OkStatus() : NothingToShred();
  }

  absl::Status Build() {
    if (absl::Status s = WriteJournal(data_, {std::string(kBuilding), world_.backup}); !s.ok()) return s;
    At(ShredStep::kBegun);
    if (absl::Status s = MakeNextKek(world_.keys.directory, organisation_, done_.epoch + 1, world_.random); !s.ok()) return s;
    // Read back: what seals the new store is what the file gives, and nothing that only memory has.
    absl::StatusOr<storage::ServerKeys> read = ReadKeysWithNextKek(world_.keys);
    if (!read.ok()) return read.status();
    next_keys_ = *std::move(read);
    At(ShredStep::kKekMade);
    if (absl::Status s = CopyRows(); !s.ok()) return s;
    At(ShredStep::kCopied);
    if (absl::Status s = WriteDown(); !s.ok()) return s;
    At(ShredStep::kWritten);
    if (absl::Status s = CheckNext(); !s.ok()) return s;
    At(ShredStep::kChecked);
    if (absl::Status s = BackUp(); !s.ok()) return s;
    At(ShredStep::kBackedUp);
    old_rows_.reset();
    if (absl::Status s = SyncDirectory(next_); !s.ok()) return s;
    if (absl::Status s = SyncDirectory(world_.backup.parent_path()); !s.ok()) return s;
    if (absl::Status s = WriteJournal(data_, {std::string(kSwitching), world_.backup}); !s.ok()) return s;
    At(ShredStep::kSwitching);
    return absl::OkStatus();
  }

  absl::Status CopyRows() {
    if (mkdir(next_.c_str(), 0700) != 0) return FileNotWritten(next_, std::strerror(errno));
    const std::string database = storage::DatabaseIn(next_.string());
    absl::StatusOr<std::unique_ptr<storage::RowStore>> rows;
    if (world_.create) {
      rows = world_.create(database);
    } else {
      storage::RocksOptions options;
      options.directory = database;
      options.create = true;
      rows = storage::OpenRocksStore(options);
    }
    if (!rows.ok()) return rows.status();
    absl::StatusOr<storage::RekeyReport> copied = storage::CopyUnderNewKeys(*old_rows_, keys_->kek, **rows, next_keys_->kek,
                                                                            world_.take, world_.random);
    if (!copied.ok()) return copied.status();
    report_ = *std::move(copied);
    done_.cases = report_.gone.size();
    done_.entries = report_.redacted;
    done_.rows_gone = report_.rows_gone;
    done_.rows = report_.rows;
    next_rows_ = *std::move(rows);
    const auto vault = storage::Vault::Open(*next_rows_, next_keys_->kek, world_.random);
    if (!vault.ok()) return vault.status();
    if (absl::Status s = storage::WriteLabel(next_.string(), {(*vault)->organisation(), (*vault)->epoch()}); !s.ok()) return s;
    SilentSink events;
    const storage::Derived derived;
    const auto edge = storage::ReadEdge(storage::Records(*next_rows_, **vault, derived, events));
    if (!edge.ok()) return edge.status();
    return storage::Mark::Create(storage::MarkIn(next_.string()), next_keys_->kek, edge->state);
  }

  // Leaves and tombstones, through a Journal of the new store.
  absl::Status WriteDown() {
    SilentSink events;
    auto store = storage::Store::Open(std::move(next_rows_), next_.string(),
                                      {.keys = *next_keys_,
                                       .clock = world_.clock,
                                       .events = events,
                                       .random = world_.random,
                                       .on_failure = {},
                                       .count = {},
                                       .limits = {}});
    if (!store.ok()) return store.status();
    const base::Reader& rows = (*store)->reader();
    const base::Day today = world_.clock.Today();
    const auto commit = [&](base::Transaction transaction) {
      std::promise<absl::Status> told;
      (*store)->committer().Commit(std::move(transaction), [&told](absl::Status status) { told.set_value(std::move(status)); });
      return told.get_future().get();
    };
    for (const cases::GoneCase& gone : report_.gone) {
      absl::StatusOr<base::Transaction> decided =
          cases::DecideTombstone(rows, (*store)->organisation(), today, gone, done_.epoch, world_.random);
      if (!decided.ok()) return decided.status();
      if (absl::Status s = commit(*std::move(decided)); !s.ok()) return s;
    }
    for (const base::CaseId& id : report_.touched) {
      absl::StatusOr<base::Transaction> decided = cases::DecideRedacted(rows, id);
      if (!decided.ok()) return decided.status();
      if (absl::Status s = commit(*std::move(decided)); !s.ok()) return s;
    }
    base::Transaction rekeyed;
    ledger::DraftLeaf((*store)->organisation(),
                      ledger::Act::OfServer(format::LeafKind::kStoreRekeyed, today, format::details::StoreRekeyed(done_.epoch)),
                      world_.random, rekeyed.changes, rekeyed.leaves);
    if (absl::Status s = commit(std::move(rekeyed)); !s.ok()) return s;
    // Before it is checked and copied: so that no order of arrival is left in it.
    return (*store)->rows().Settle();
  }

  absl::Status CheckNext() {
    auto rows = OpenRows(storage::DatabaseIn(next_.string()), false);
    if (!rows.ok()) return rows.status();
    next_rows_ = *std::move(rows);
    const auto mark = storage::Mark::Open(storage::MarkIn(next_.string()), next_keys_->kek);
    if (!mark.ok()) return mark.status();
    const absl::StatusOr<storage::CheckReport> report =
        storage::CheckStore(*next_rows_, next_keys_->kek, next_keys_->log_key.verify_key(), &(*mark)->state(), world_.random);
    if (!report.ok()) return report.status();
    return report->ok() ? absl::OkStatus() : NewStoreNotWell(report->problems.front());
  }

  absl::Status BackUp() {
    const storage::BackupParts parts{next_keys_->kek, next_keys_->log_key.verify_key(), world_.random, OpenRows,
                                     next_keys_->kek_facts};
    const absl::StatusOr<storage::CheckReport> report =
        storage::MakeBackup(*next_rows_, (next_ / "scratch").string(), world_.backup.string(), parts);
    next_rows_.reset();
    return report.status();
  }

  const ShredWorld& world_;
  const fs::path data_;
  const fs::path next_;
  base::OrganisationId organisation_;
  std::optional<storage::ServerKeys> keys_;
  std::optional<storage::ServerKeys> next_keys_;
  std::unique_ptr<storage::RowStore> old_rows_;
  std::unique_ptr<storage::RowStore> next_rows_;
  storage::RekeyReport report_;
  Shredded done_;
};

absl::Status Undo(const fs::path& data, const KeyPlaces& keys, const ShredJournal& journal, crypto::Random& random) {
  // The copy first: while it is there its key is of use to somebody.
  if (absl::Status s = RemoveAll(NextIn(data)); !s.ok()) return s;
  for (const std::string& path : {journal.backup.string(), journal.backup.string() + ".trial"})
    if (absl::Status s = RemoveAll(path); !s.ok()) return s;
  if (absl::Status s = DestroyFile(keys.directory / kNextKekFile, random); !s.ok()) return s;
  return RemoveAll(JournalIn(data));
}

absl::Status Complete(const fs::path& data, const KeyPlaces& keys, crypto::Random& random,
                      const std::function<void(ShredStep)>& at) {
  const auto reached = [&](ShredStep step) {
    if (at) at(step);
  };
  std::error_code error;
  const fs::path next = NextIn(data);
  const fs::path kek = keys.directory / KeyFileName(KeyKind::kKek);
  const fs::path next_kek = keys.directory / kNextKekFile;
  if (fs::exists(next_kek, error)) {
    if (absl::Status s = DestroyFile(kek, random); !s.ok()) return s;
    reached(ShredStep::kKekDestroyed);
    if (absl::Status s = Rename(next_kek, kek); !s.ok()) return s;
  }
  reached(ShredStep::kKekInPlace);
  if (fs::exists(next / "db", error)) {
    if (absl::Status s = RemoveAll(storage::DatabaseIn(data.string())); !s.ok()) return s;
    reached(ShredStep::kOldGone);
    if (absl::Status s = Rename(next / "db", storage::DatabaseIn(data.string())); !s.ok()) return s;
  }
  for (const char* name : {"mark", "label"})
    if (fs::exists(next / name, error))
      if (absl::Status s = Rename(next / name, data / name); !s.ok()) return s;
  reached(ShredStep::kInPlace);
  if (absl::Status s = RemoveAll(next); !s.ok()) return s;
  if (absl::Status s = RemoveAll(JournalIn(data)); !s.ok()) return s;
  reached(ShredStep::kDone);
  return absl::OkStatus();
}

}  // namespace

std::string_view Name(ShredStep step) {
  constexpr std::array<std::string_view, kShredSteps> kNames = {
      "begun",     "kek-made",      "copied",       "written", "checked",  "backed-up",
      "switching", "kek-destroyed", "kek-in-place", "old-gone", "in-place", "done"};
  return kNames.at(static_cast<std::size_t>(step));
}

absl::StatusOr<Finished> FinishShred(const fs::path& data, const KeyPlaces& keys, crypto::Random& random,
                                     const std::function<void(ShredStep)>& at) {
  const absl::StatusOr<std::optional<ShredJournal>> journal = ReadJournal(data);
  if (!journal.ok()) return journal.status();
  if (!*journal) return Finished::kNothing;
  if ((*journal)->phase == kBuilding) {
    if (absl::Status s = Undo(data, keys, **journal, random); !s.ok()) return s;
    return Finished::kUndone;
  }
  if (absl::Status s = Complete(data, keys, random, at); !s.ok()) return s;
  return Finished::kCompleted;
}

absl::StatusOr<Shredded> Shred(const ShredWorld& world) { return Batch(world).Run(); }

}  // namespace alcove::app
