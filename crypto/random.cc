#include "crypto/random.h"

#include <cstdio>

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

class KernelRandom final : public Random {
 public:
  void Fill(uint8_t* out, size_t size) override { randombytes_buf(out, size); }
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
