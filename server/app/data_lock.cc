#include "server/app/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/app/errors.h"

namespace alcove::app {

absl::StatusOr<std::unique_ptr<DataLock>> DataLock::Take(const std::filesystem::path& data) {
  // The directory itself: no file appears that a backup or a copy would carry along.
  const int file = open(data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return FileUnreadable(data, std::strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return ServesAlready(data);
  }
  return std::unique_ptr<DataLock>(new DataLock(data, file));
}

bool DataLock::StillThere() const {
  struct stat held = {};
  struct stat named = {};
  return fstat(file_, &held) == 0 && stat(data_.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino;
}

DataLock::~DataLock() { close(file_); }

}  // namespace alcove::app
