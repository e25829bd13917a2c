// One alcoved at a time works with a data directory.
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <utility>

namespace alcove::app {

// Held while it lives; the kernel lets go of it when the process ends, however it ends.
class DataLock {
 public:
  // ServesAlready when another process holds it; FileUnreadable when there is no such directory.
  static absl::StatusOr<std::unique_ptr<DataLock>> Take(const std::filesystem::path& data);
  ~DataLock();

  // The directory that is locked still stands under its name. When it does not, somebody moved or removed it: the lock
  // guards nothing any more, and the next file that the store opens by name would land in whatever stands there now.
  bool StillThere() const;

  // A descriptor of that directory, valid while this lives. What is opened through it lands there, whatever its name is now.
  int directory() const { return file_; }

  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

 private:
  DataLock(std::filesystem::path data, int file) : data_(std::move(data)), file_(file) {}
  const std::filesystem::path data_;
  const int file_;
};

}  // namespace alcove::app
