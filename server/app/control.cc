#include "server/app/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "server/app/errors.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackup = "backup ";
constexpr std::string_view kShred = "shred";
constexpr std::size_t kMaxLine = 4096 + kBackup.size();

constexpr const char* kSocket = "control";

// Addresses of sockets end at 108 bytes; through a descriptor of the directory every path fits.
sockaddr_un AddressIn(int directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + kSocket;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}
const sockaddr* Raw(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

// A line without its end; nothing when it is too long or the other side goes away.
std::string ReadLine(int connection) {
  std::string line;
  char c = 0;
  while (line.size() < kMaxLine && read(connection, &c, 1) == 1) {
    if (c == '\n') return line;
    line.push_back(c);
  }
  return {};
}

void WriteLine(int connection, std::string line) {
  line.push_back('\n');
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t size = send(connection, left.data(), left.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    left.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Control>> Control::Open(const DataLock& lock, Acts acts) {
  // Whoever holds the lock of the data directory may clear away what a killed predecessor left.
  unlinkat(lock.directory(), kSocket, 0);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int stop = eventfd(0, EFD_CLOEXEC);
  const sockaddr_un address = AddressIn(lock.directory());
  if (listener < 0 || stop < 0 || bind(listener, Raw(address), sizeof address) != 0 || listen(listener, 4) != 0) {
    const std::string why = std::strerror(errno);
    if (listener >= 0) close(listener);
    if (stop >= 0) close(stop);
    return FileNotWritten(kSocket, why);
  }
  return std::unique_ptr<Control>(new Control(listener, stop, lock, std::move(acts)));
}

Control::Control(int listener, int stop, const DataLock& lock, Acts acts)
    : listener_(listener), stop_(stop), lock_(lock), acts_(std::move(acts)), thread_([this] { Run(); }) {}

Control::~Control() {
  const std::uint64_t one = 1;
  if (write(stop_, &one, sizeof one) != sizeof one) {
    // An eventfd at 0 takes a 1.
  }
  thread_.join();
  close(listener_);
  close(stop_);
  unlinkat(lock_.directory(), kSocket, 0);
}

void Control::Run() {
  for (;;) {
    std::array<pollfd, 2> waiting{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[1].revents != 0) return;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    Serve(connection);
    close(connection);
  }
}

void Control::Serve(int connection) {
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  if (peer.uid != geteuid() && peer.uid != 0) return;
  const std::string line = ReadLine(connection);
  if (!line.starts_with(kBackup) && line != kShred) {
    WriteLine(connection, "unknown command");
    return;
  }
  const absl::Status status = line == kShred ? acts_.shred() : acts_.backup(line.substr(kBackup.size()));
  WriteLine(connection, status.ok() ? "ok" : std::string(status.message().data(), status.message().size()));
}

namespace {

absl::Status Ask(const fs::path& data, const std::string& line) {
  const int directory = open(data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressIn(directory);
  const bool connected = directory >= 0 && connection >= 0 && connect(connection, Raw(address), sizeof address) == 0;
  if (directory >= 0) close(directory);
  if (!connected) {
    if (connection >= 0) close(connection);
    return absl::UnavailableError("the alcoved that holds " + data.string() + " does not answer");
  }
  WriteLine(connection, line);
  const std::string answer = ReadLine(connection);
  close(connection);
  if (answer == "ok") return absl::OkStatus();
  return absl::UnavailableError(answer.empty() ? "the server went away before it answered" : answer);
}

}  // namespace

absl::Status AskForBackup(const fs::path& data, const fs::path& target) {
  return Ask(data, std::string(kBackup) + target.string());
}

absl::Status AskForShredding(const fs::path& data) { return Ask(data, std::string(kShred)); }

}  // namespace alcove::app
