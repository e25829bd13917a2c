// One alcoved at a time works with a data directory.
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>

namespace alcove::app {

// Held while it lives; the kernel lets go of it when the process ends, however it ends.
class DataLock {
 public:
  // ServesAlready when another process holds it; FileUnreadable when there is no such directory.
  static absl::StatusOr<std::unique_ptr<DataLock>> Take(const std::filesystem::path& data);
  ~DataLock();
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

 private:
  explicit DataLock(int file) : file_(file) {}
  const int file_;
};

}  // namespace alcove::app
