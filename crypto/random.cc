#include "crypto/random.h"

#include <pthread.h>
#include <sys/random.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crypto/sodium.h"

namespace alcove::crypto {
namespace internal {

bool StartSodium() {
  if (sodium_init() < 0) Broken("libsodium could not start: no source of randomness");
  return true;
}

void Broken(const char* what) {
  std::fputs("alcove crypto: ", stderr);
  std::fputs(what, stderr);
  std::fputs("\n", stderr);
  std::abort();
}

}  // namespace internal

namespace {

std::atomic<unsigned> forks = 0;  // of this process since its start, on the child's side

// What the kernel gave a thread and nobody has drawn yet: one system call for some thirty draws, where each was one. What is
// drawn is wiped here, and a forked child never draws from its parent's. No destructor: what is never drawn is nobody's secret,
// and whoever draws while a thread or the program ends must not meet a wiped page.
class Page {
 public:
  static constexpr std::size_t kLargestDraw = 64;

  void Fill(uint8_t* out, std::size_t size) {
    if (left_ < size || forks_ != forks.load(std::memory_order_relaxed)) Refill();
    left_ -= size;
    std::memcpy(out, bytes_.data() + left_, size);
    sodium_memzero(bytes_.data() + left_, size);
  }

 private:
  void Refill() {
    forks_ = forks.load(std::memory_order_relaxed);
    for (left_ = 0; left_ < bytes_.size();) {
      const ssize_t got = getrandom(bytes_.data() + left_, bytes_.size() - left_, 0);
      if (got > 0) left_ += static_cast<std::size_t>(got);
      if (got < 0 && errno != EINTR) internal::Broken("the kernel gives no randomness");
    }
  }

  std::array<uint8_t, 1024> bytes_{};
  std::size_t left_ = 0;  // of bytes_, from the front
  unsigned forks_ = 0;
};

class KernelRandom final : public Random {
 public:
  KernelRandom() { (void)pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); }); }

  void Fill(uint8_t* out, std::size_t size) override {
    thread_local Page page;
    if (size <= Page::kLargestDraw) {
      page.Fill(out, size);
    } else {
      randombytes_buf(out, size);
    }
  }
};

}  // namespace

Bytes Random::Draw(size_t size) {
  Bytes bytes(size, '\0');
  Fill(reinterpret_cast<uint8_t*>(bytes.data()), size);
  return bytes;
}

Random& SystemRandom() {
  static KernelRandom random;
  return random;
}

}  // namespace alcove::crypto
