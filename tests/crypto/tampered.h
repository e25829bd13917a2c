// Every small change that an attacker could make to bytes on their way.
#pragma once

#include <functional>

#include "crypto/bytes.h"
#include "gtest/gtest.h"

namespace alcove::crypto::test {

// One bit flipped, at every position in turn.
inline void ForEachFlippedBit(BytesView original, const std::function<void(const Bytes&)>& check) {
  Bytes changed(original);
  for (size_t bit = 0; bit < changed.size() * 8; ++bit) {
    const char mask = static_cast<char>(1 << (bit % 8));
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ mask);
    SCOPED_TRACE("bit " + std::to_string(bit));
    check(changed);
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ mask);
  }
}

// Cut short to every length, and longer by one byte.
inline void ForEachWrongLength(BytesView original, const std::function<void(const Bytes&)>& check) {
  for (size_t size = 0; size < original.size(); ++size) {
    SCOPED_TRACE("cut to " + std::to_string(size));
    check(Bytes(original.substr(0, size)));
  }
  SCOPED_TRACE("one byte more");
  check(Bytes(original) + '\0');
}

}  // namespace alcove::crypto::test
