// A disk that lies, for the controls of the crash harness: loaded in front of libc (LD_PRELOAD), never part of the
// product. A harness that finds nothing lost with this in place could not have found anything.
//
//   ALCOVE_BAD_DISK=late     what is written to a write-ahead log or to the ledger's mark reaches the kernel 150 ms later
//                            and a sync returns at once: the server answers before its commit is anywhere but in its
//                            own memory, and kill -9 must lose some
//   ALCOVE_BAD_DISK=unsynced a sync returns at once: power loss must lose some
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace {

constexpr auto kDelay = std::chrono::milliseconds(150);

template <class Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool Mode(std::string_view wanted) {
  static const char* const mode = std::getenv("ALCOVE_BAD_DISK");
  return mode != nullptr && wanted == mode;
}

// The write-ahead logs of RocksDB are 000123.log; the ledger's mark has `mark` in its name.
bool IsLate(int fd) {
  if (!Mode("late")) return false;
  char path[4096];
  const ssize_t n = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  if (n <= 0) return false;
  const std::string_view name = std::string_view(path, static_cast<std::size_t>(n)).substr(std::string_view(path, static_cast<std::size_t>(n)).rfind('/') + 1);
  const bool log = name.size() == 10 && name.substr(6) == ".log" && name.find_first_not_of("0123456789") == 6;
  return log || name.find("mark") != std::string_view::npos;
}

struct Write {
  int fd;
  off_t offset;  // -1: at the end
  std::string bytes;
  std::chrono::steady_clock::time_point due;
};

// Lives as long as the process, and dies with it: that is the point.
class Late {
 public:
  static Late& Instance() {
    static Late* const late = new Late;
    return *late;
  }
  ssize_t Add(int fd, const void* data, size_t size, off_t offset) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({dup(fd), offset, std::string(static_cast<const char*>(data), size),
                        std::chrono::steady_clock::now() + kDelay});
    wake_.notify_one();
    return static_cast<ssize_t>(size);
  }

 private:
  Late() { std::thread([this] { Loop(); }).detach(); }
  void Loop() {
    const auto write_now = Real<ssize_t (*)(int, const void*, size_t)>("write");
    const auto pwrite_now = Real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !waiting_.empty(); });
      const Write write = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(write.due);
      if (write.offset < 0) {
        if (write_now(write.fd, write.bytes.data(), write.bytes.size()) < 0) abort();
      } else {
        if (pwrite_now(write.fd, write.bytes.data(), write.bytes.size(), write.offset) < 0) abort();
      }
      close(write.fd);
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Write> waiting_;
};

int Sync(const char* name, int fd) {
  static const bool lies = std::getenv("ALCOVE_BAD_DISK") != nullptr;
  return lies ? 0 : Real<int (*)(int)>(name)(fd);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t)>("write");
  return IsLate(fd) ? Late::Instance().Add(fd, data, size, -1) : real(fd, data, size);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return IsLate(fd) ? Late::Instance().Add(fd, data, size, offset) : real(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off_t offset) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
  return IsLate(fd) ? Late::Instance().Add(fd, data, size, offset) : real(fd, data, size, offset);
}

int fsync(int fd) { return Sync("fsync", fd); }
int fdatasync(int fd) { return Sync("fdatasync", fd); }

int sync_file_range(int fd, off64_t offset, off64_t size, unsigned flags) {
  static const auto real = Real<int (*)(int, off64_t, off64_t, unsigned)>("sync_file_range");
  return std::getenv("ALCOVE_BAD_DISK") != nullptr ? 0 : real(fd, offset, size, flags);
}

}  // extern "C"
