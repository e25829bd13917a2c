#include "client/lib/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "client/lib/errors.h"

namespace alcove::client {
namespace {

constexpr size_t kMost = 64u << 20;

absl::Status Failed(const std::string& path, std::string_view what) {
  return Refuse(Refusal::kInputInvalid, "the file `" + path + "` " + std::string(what));
}

absl::Status WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return absl::InternalError("write");
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : absl::InternalError("fsync");
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ReadFileIfThere(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return Failed(path, "cannot be opened");
  }
  std::string text;
  char buffer[65536];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(got));
    if (text.size() > kMost) break;
  }
  close(fd);
  if (got < 0) return Failed(path, "cannot be read");
  if (text.size() > kMost) return Failed(path, "is too large");
  return std::optional<std::string>(std::move(text));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(std::optional<std::string> text, ReadFileIfThere(path));
  if (!text) return Failed(path, "is not there");
  return *std::move(text);
}

absl::Status WriteNewFile(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(path, errno == EEXIST ? "is there already and is not overwritten" : "cannot be made");
  const absl::Status status = WriteAll(fd, text);
  close(fd);
  if (!status.ok()) {
    unlink(path.c_str());
    return Failed(path, "cannot be written");
  }
  return absl::OkStatus();
}

absl::Status ReplaceFile(const std::string& path, std::string_view text) {
  // A name of this process: two that run at once do not meet in one file.
  const std::string fresh = path + "." + std::to_string(getpid()) + ".new";
  unlink(fresh.c_str());
  ALCOVE_CLIENT_TRY(WriteNewFile(fresh, text));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    unlink(fresh.c_str());
    return Failed(path, "cannot be replaced");
  }
  return absl::OkStatus();
}

absl::Status ForgetFile(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return Failed(path, "cannot be opened");
  struct stat about {};
  absl::Status status = fstat(fd, &about) == 0 ? WriteAll(fd, std::string(static_cast<size_t>(about.st_size), '\0'))
                                               : Failed(path, "cannot be read");
  close(fd);
  if (!status.ok()) return Failed(path, "cannot be overwritten");
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : Failed(path, "cannot be removed");
}

absl::Status CheckPrivate(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` is not there");
  if (about.st_uid != geteuid() || (about.st_mode & 077) != 0) {
    return Refuse(Refusal::kKeyFileInvalid, "the key file `" + path + "` can be read by others: chmod 600 it");
  }
  return absl::OkStatus();
}

}  // namespace alcove::client
