#include "client/cli/frame/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

constexpr size_t kMostText = 64 << 10;

absl::Status CannotRead(const std::string& path) { return Refuse(Refusal::kInputInvalid, "`" + path + "` cannot be read"); }

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status ReadInto(const std::string& path, int fd, size_t most, crypto::SecretText& into) {
  std::array<char, 4096> piece;
  for (;;) {
    const ssize_t got = read(fd, piece.data(), piece.size());
    if (got < 0) return CannotRead(path);
    if (got == 0) return absl::OkStatus();
    into.Append({piece.data(), static_cast<size_t>(got)});
    if (into.size() > most) {
      return Refuse(Refusal::kInputInvalid, "`" + path + "` is larger than " + std::to_string(most) + " bytes");
    }
  }
}

absl::Status WriteAll(const std::string& path, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written <= 0) return Refuse(Refusal::kInputInvalid, "`" + path + "` cannot be written");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(fd) != 0) return Refuse(Refusal::kInputInvalid, "`" + path + "` cannot be written");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t most) {
  const Descriptor file(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return CannotRead(path);
  crypto::SecretText text;
  ALCOVE_CLIENT_TRY(ReadInto(path, file.get(), most, text));
  return std::string(text.expose());
}

absl::StatusOr<crypto::SecretText> ReadPrivateFile(const std::string& path, size_t most) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts{};
  if (file.get() < 0 || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return CannotRead(path);
  if ((facts.st_mode & 077) != 0) {
    return Refuse(Refusal::kKeyFileInvalid, "others can read `" + path + "`; run: chmod 600 " + path);
  }
  crypto::SecretText text;
  ALCOVE_CLIENT_TRY(ReadInto(path, file.get(), most, text));
  return text;
}

absl::Status WriteNewFile(const std::string& path, std::string_view bytes, int mode) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode)));
  if (file.get() < 0) {
    return Refuse(Refusal::kInputInvalid, access(path.c_str(), F_OK) == 0
                                              ? "`" + path + "` exists already; it is never written over"
                                              : "`" + path + "` cannot be written");
  }
  const absl::Status written = WriteAll(path, file.get(), bytes);
  if (!written.ok()) unlink(path.c_str());
  return written;
}

absl::Status ReplaceFile(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  ALCOVE_CLIENT_TRY(WriteNewFile(fresh, bytes, 0644));
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    unlink(fresh.c_str());
    return Refuse(Refusal::kInputInvalid, "`" + path + "` cannot be written");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadText(Terminal& terminal, const std::string& path, std::string_view prompt) {
  std::string text;
  if (!path.empty()) {
    ALCOVE_CLIENT_ASSIGN(text, ReadFile(path, kMostText));
  } else {
    terminal.Say(std::string(prompt) + ". End with a line that holds a single dot.");
    for (;;) {
      ALCOVE_CLIENT_ASSIGN(const std::string line, terminal.Ask("> "));
      if (line == ".") break;
      text += line + "\n";
      if (text.size() > kMostText) return Refuse(Refusal::kInputInvalid, "the text is longer than 64 KiB");
    }
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.empty()) return Refuse(Refusal::kInputInvalid, "there is no text to send");
  return text;
}

}  // namespace alcove::cli
