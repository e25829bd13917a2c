#include "server/storage/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "server/core/base/errors.h"
#include "server/storage/errors.h"
#include "server/storage/label.h"
#include "server/storage/mark.h"
#include "server/storage/records.h"
#include "server/storage/seal.h"
#include "server/storage/silent_sink.h"

namespace alcove::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "alcove.backup.v1";
constexpr std::size_t kChunk = std::size_t{1} << 20;

struct ListedFile {
  std::string digest;  // hex
  std::uint64_t size = 0;
  std::string name;
};

// Removes a directory again unless told to keep it.
class Leftover {
 public:
  explicit Leftover(std::string path) : path_(std::move(path)) {}
  ~Leftover() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
  void Keep() { path_.clear(); }

 private:
  std::string path_;
};

class File {
 public:
  File(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

absl::Status SyncDirectory(const std::string& path) {
  const File directory(path, O_RDONLY | O_DIRECTORY);
  return directory.ok() && fsync(directory.get()) == 0 ? absl::OkStatus() : FileFailed("directory");
}

absl::StatusOr<ListedFile> Hash(const fs::path& path) {
  const File file(path.string(), O_RDONLY);
  if (!file.ok()) return BackupDamaged("a file is missing");
  crypto::Sha256Stream hash;
  ListedFile listed;
  listed.name = path.filename().string();
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t got = read(file.get(), chunk.data(), chunk.size());
    if (got < 0) return FileFailed("reading");
    if (got == 0) break;
    hash.Update(std::string_view(chunk).substr(0, static_cast<std::size_t>(got)));
    listed.size += static_cast<std::uint64_t>(got);
  }
  listed.digest = crypto::HexEncode(hash.Finish().view());
  return listed;
}

absl::StatusOr<ListedFile> Copy(const fs::path& from, const fs::path& to) {
  const File source(from.string(), O_RDONLY);
  if (!source.ok()) return BackupDamaged("a file is missing");
  const File target(to.string(), O_WRONLY | O_CREAT | O_EXCL);
  if (!target.ok()) return FileFailed("making a copy");
  crypto::Sha256Stream hash;
  ListedFile listed;
  listed.name = from.filename().string();
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t got = read(source.get(), chunk.data(), chunk.size());
    if (got < 0) return FileFailed("reading");
    if (got == 0) break;
    const std::string_view bytes = std::string_view(chunk).substr(0, static_cast<std::size_t>(got));
    hash.Update(bytes);
    if (!WriteAll(target.get(), bytes)) return FileFailed("writing a copy");
    listed.size += bytes.size();
  }
  if (fsync(target.get()) != 0) return FileFailed("writing a copy");
  listed.digest = crypto::HexEncode(hash.Finish().view());
  return listed;
}

std::string ListText(const std::vector<ListedFile>& files) {
  std::string text(kHeader);
  text.push_back('\n');
  for (const ListedFile& file : files)
    text.append(file.digest).append(" ").append(std::to_string(file.size)).append(" ").append(file.name).append("\n");
  return text;
}

absl::StatusOr<std::vector<ListedFile>> ReadList(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string line;
  if (!in || !std::getline(in, line) || line != kHeader) return BackupDamaged("the list of files");
  std::vector<ListedFile> files;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    ListedFile file;
    if (!(words >> file.digest >> file.size >> file.name) || file.name.find('/') != std::string::npos ||
        file.name.starts_with('.'))
      return BackupDamaged("the list of files");
    files.push_back(std::move(file));
  }
  if (files.empty()) return BackupDamaged("the list of files");
  return files;
}

absl::StatusOr<std::vector<ListedFile>> CopyDatabase(const fs::path& from, const fs::path& to) {
  if (mkdir(to.c_str(), 0700) != 0) return FileFailed("making a directory");
  std::error_code error;
  std::vector<fs::path> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(from, error))
    if (entry.is_regular_file() && entry.path().filename() != "LOCK") names.push_back(entry.path());
  if (error) return FileFailed("listing");
  std::sort(names.begin(), names.end());
  std::vector<ListedFile> files;
  for (const fs::path& name : names) {
    auto copied = Copy(name, to / name.filename());
    if (!copied.ok()) return copied.status();
    files.push_back(*std::move(copied));
  }
  if (const absl::Status status = SyncDirectory(to.string()); !status.ok()) return status;
  return files;
}

struct Copied {
  MarkState edge;
  Label label;
};

absl::StatusOr<Copied> WhatWasCopied(const std::string& database, const BackupParts& parts) {
  const auto rows = parts.open_rows(database, true);
  if (!rows.ok()) return rows.status();
  const auto vault = Vault::Open(**rows, parts.kek, parts.random);
  if (!vault.ok()) return vault.status();
  SilentSink events;
  const Derived derived;
  const auto edge = ReadEdge(Records(**rows, **vault, derived, events));
  if (!edge.ok()) return edge.status();
  return Copied{edge->state, {(*vault)->organisation(), (*vault)->epoch()}};
}

absl::StatusOr<CheckReport> CheckDirectory(const std::string& data_directory, const BackupParts& parts) {
  const auto rows = parts.open_rows(DatabaseIn(data_directory), true);
  if (!rows.ok()) return rows.status();
  const auto mark = Mark::Open(MarkIn(data_directory), parts.kek);
  if (!mark.ok()) return mark.status();
  return CheckStore(**rows, parts.kek, parts.log_key, &(*mark)->state(), parts.random);
}

}  // namespace

absl::StatusOr<CheckReport> MakeBackup(RowStore& rows, const std::string& scratch, const std::string& target,
                                       const BackupParts& parts) {
  std::error_code error;
  const std::string trial = target + ".trial";
  if (fs::exists(target, error) || fs::exists(trial, error) || fs::exists(scratch, error)) return NotEmpty();
  Leftover remove_scratch(scratch);
  Leftover remove_trial(trial);
  if (const absl::Status status = rows.CopyTo(scratch); !status.ok()) return status;
  if (mkdir(target.c_str(), 0700) != 0) return FileFailed("making the backup's directory");
  Leftover remove_target(target);
  const auto files = CopyDatabase(scratch, DatabaseIn(target));
  if (!files.ok()) return files.status();
  const auto copied = WhatWasCopied(DatabaseIn(target), parts);
  if (!copied.ok()) return copied.status();
  if (const absl::Status status = Mark::Create(MarkIn(target), parts.kek, copied->edge); !status.ok()) return status;
  if (const absl::Status status = WriteLabel(target, copied->label); !status.ok()) return status;
  {
    const File list((fs::path(target) / "files").string(), O_WRONLY | O_CREAT | O_EXCL);
    if (!list.ok() || !WriteAll(list.get(), ListText(*files)) || fsync(list.get()) != 0)
      return FileFailed("writing the list of files");
  }
  if (const absl::Status status = SyncDirectory(target); !status.ok()) return status;
  auto report = RestoreBackup(target, trial, parts);
  if (!report.ok()) return report.status();
  remove_target.Keep();
  return report;
}

absl::StatusOr<CheckReport> RestoreBackup(const std::string& backup, const std::string& data_directory,
                                          const BackupParts& parts) {
  std::error_code error;
  const bool existed = fs::exists(data_directory, error);
  if (existed && !fs::is_empty(data_directory, error)) return NotEmpty();
  if (!existed && mkdir(data_directory.c_str(), 0700) != 0) return FileFailed("making the data directory");
  Leftover remove_database(DatabaseIn(data_directory));
  Leftover remove_mark(MarkIn(data_directory));
  Leftover remove_label(LabelIn(data_directory));
  Leftover remove_directory(existed ? std::string() : data_directory);

  const auto files = ReadList(fs::path(backup) / "files");
  if (!files.ok()) return files.status();
  if (mkdir(DatabaseIn(data_directory).c_str(), 0700) != 0) return FileFailed("making the database's directory");
  for (const ListedFile& listed : *files) {
    const fs::path to = fs::path(DatabaseIn(data_directory)) / listed.name;
    const auto copied = Copy(fs::path(DatabaseIn(backup)) / listed.name, to);
    if (!copied.ok()) return copied.status();
    const auto stored = Hash(to);
    if (!stored.ok()) return stored.status();
    if (copied->digest != listed.digest || copied->size != listed.size) return BackupDamaged("a file was changed");
    if (stored->digest != listed.digest) return BackupDamaged("a copied file reads back differently");
  }
  if (const absl::Status status = SyncDirectory(DatabaseIn(data_directory)); !status.ok()) return status;
  const auto mark = Copy(MarkIn(backup), MarkIn(data_directory));
  if (!mark.ok()) return mark.status();
  if (const absl::Status status = SyncDirectory(data_directory); !status.ok()) return status;

  const std::optional<Label> label = ReadLabel(backup);
  const auto copied = WhatWasCopied(DatabaseIn(data_directory), parts);
  if (copied.status() == WrongKek()) return WhyWrongKek(label, parts.kek_facts);
  if (!copied.ok()) return copied.status();
  auto report = CheckDirectory(data_directory, parts);
  if (!report.ok()) return report.status();
  if (!report->ok()) return BackupDamaged(report->problems.front());
  if (label != copied->label) return BackupDamaged("its label says otherwise than the data");
  if (const absl::Status status = WriteLabel(data_directory, *label); !status.ok()) return status;
  remove_database.Keep();
  remove_mark.Keep();
  remove_label.Keep();
  remove_directory.Keep();
  return report;
}

}  // namespace alcove::storage
