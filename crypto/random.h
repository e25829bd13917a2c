// Where unpredictable bytes come from. Everything that draws takes a Random&, so that known answers can be computed
// with fixed bytes; only main chooses, and outside tests it chooses SystemRandom().
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/bytes.h"

namespace alcove::crypto {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `size` bytes. Never fails and never returns fewer: SystemRandom ends the process rather than return bytes
  // that can be guessed. Safe to call from several threads.
  virtual void Fill(uint8_t* out, size_t size) = 0;
  Bytes Draw(size_t size);
};

// The kernel's generator (getrandom). Small draws come from a page that is the thread's own, wiped as it is drawn from, and not inherited by a fork.
Random& SystemRandom();

}  // namespace alcove::crypto
