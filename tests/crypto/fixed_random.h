// Randomness that a test chooses.
#pragma once

#include <cstdint>
#include <cstring>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "gtest/gtest.h"

namespace alcove::crypto::test {

// Hands out exactly the bytes it was given; drawing more, or leaving some, fails the test.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(Bytes script) : script_(std::move(script)) {}
  ~ScriptedRandom() override { EXPECT_EQ(at_, script_.size()) << "not all scripted bytes were drawn"; }
  void Fill(uint8_t* out, size_t size) override {
    if (script_.size() - at_ < size) {
      ADD_FAILURE() << "more bytes drawn than scripted";
      std::memset(out, 0, size);
      return;
    }
    std::memcpy(out, script_.data() + at_, size);
    at_ += size;
  }

 private:
  Bytes script_;
  size_t at_ = 0;
};

// The same endless bytes for the same seed. For one thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(BytesView seed) : seed_(seed) {}
  void Fill(uint8_t* out, size_t size) override {
    for (; size > 0; --size) {
      if (left_.empty()) left_ = Sha256(seed_ + std::to_string(block_++)).str();
      *out++ = static_cast<uint8_t>(left_.back());
      left_.pop_back();
    }
  }

 private:
  Bytes seed_;
  Bytes left_;
  uint64_t block_ = 0;
};

}  // namespace alcove::crypto::test
