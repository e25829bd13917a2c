// Bytes of fixed layouts, written and read in order. Integers are unsigned and big-endian; there is no alignment and
// there are no tags: a layout is a list of fields of stated sizes, and a reader that follows the list either consumes
// every byte or refuses.
//
// Threads: one object belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;

// Appends fields to a buffer that it owns.
class ByteWriter {
 public:
  // `expected` bytes are reserved at once; writing more is allowed.
  explicit ByteWriter(size_t expected = 0) { bytes_.reserve(expected); }

  ByteWriter& U8(uint8_t value) {
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  ByteWriter& U16(uint16_t value) { return Integer(value, 2); }
  ByteWriter& U32(uint32_t value) { return Integer(value, 4); }
  ByteWriter& U64(uint64_t value) { return Integer(value, 8); }
  ByteWriter& Raw(BytesView value) {
    bytes_.append(value);
    return *this;
  }
  template <size_t N, class Tag>
  ByteWriter& Fixed(const crypto::FixedBytes<N, Tag>& value) {
    return Raw(value.view());
  }
  ByteWriter& Zero(size_t count) {
    bytes_.append(count, '\0');
    return *this;
  }
  // One byte of length, then the bytes. `value` holds at most 255: callers check their own bounds first.
  ByteWriter& Short(BytesView value) { return U8(static_cast<uint8_t>(value.size())).Raw(value); }
  // Two bytes of length, then the bytes. `value` holds at most 65535.
  ByteWriter& Long(BytesView value) { return U16(static_cast<uint16_t>(value.size())).Raw(value); }

  const Bytes& bytes() const { return bytes_; }
  // What was written; the writer is spent.
  Bytes Take() { return std::move(bytes_); }

 private:
  ByteWriter& Integer(uint64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(value >> shift));
    return *this;
  }

  Bytes bytes_;
};

// Reads fields from bytes it does not own; what it returns points into them. A read past the end gives zeros or an empty
// view and marks the reader as failed for good, so that a parser may read all of its fields and ask once, at the end.
class ByteReader {
 public:
  explicit ByteReader(BytesView bytes) : rest_(bytes) {}

  uint8_t U8() { return static_cast<uint8_t>(Integer(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Integer(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Integer(4)); }
  uint64_t U64() { return Integer(8); }
  BytesView Raw(size_t count) {
    if (rest_.size() < count) {
      Fail();
      return {};
    }
    BytesView taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  // `F` is a FixedBytes.
  template <class F>
  F Fixed() {
    auto value = F::FromBytes(Raw(F::kSize));
    return value.ok() ? *value : F();
  }
  BytesView Short() { return Raw(U8()); }
  BytesView Long() { return Raw(U16()); }
  // Fails unless the next bytes are exactly `expected`.
  void Expect(BytesView expected) {
    if (Raw(expected.size()) != expected) Fail();
  }
  // Fails unless the next `count` bytes are zero.
  void ExpectZero(size_t count) {
    for (char c : Raw(count))
      if (c != 0) return Fail();
  }

  void Fail() {
    ok_ = false;
    rest_ = {};
  }
  size_t left() const { return rest_.size(); }
  bool ok() const { return ok_; }
  // Everything was there and nothing is left over.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  uint64_t Integer(size_t size) {
    uint64_t value = 0;
    for (char c : Raw(size)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }

  BytesView rest_;
  bool ok_ = true;
};

}  // namespace alcove::format
