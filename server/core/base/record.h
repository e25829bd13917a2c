// Records: what core keeps in rows.
//
// A record is a plain struct of core derived from `Record`, with
//   static constexpr Table kTable = ...;   the table it lives in; one record type a table
//   std::string key() const;               its row key, of the shape in tables.h, made of its own fields
// Everything in the key is also a field, so that a row read back is complete. Storage knows how each is written to disk.
#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/base/tables.h"

namespace alcove::base {

struct Record {
  virtual ~Record() = default;

 protected:
  Record() = default;
  Record(const Record&) = default;
  Record(Record&&) = default;
  Record& operator=(const Record&) = default;
  Record& operator=(Record&&) = default;
};

template <class R>
concept StoredRecord = std::derived_from<R, Record> && requires(const R& record) {
  { R::kTable } -> std::convertible_to<Table>;
  { record.key() } -> std::convertible_to<std::string>;
};

// Names one stored state of one row: 16 opaque bytes, fresh and random with every write. Equal means unchanged. It says
// nothing about order or time, so it may be shown as an etag.
class RowVersion {
 public:
  static constexpr std::size_t kSize = 16;
  RowVersion() = default;
  // Takes the first 16 bytes; what is shorter is filled with zeros and equals no stored row.
  explicit RowVersion(std::string_view bytes) {
    for (std::size_t i = 0; i < kSize && i < bytes.size(); ++i) bytes_[i] = bytes[i];
  }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  friend bool operator==(const RowVersion&, const RowVersion&) = default;

 private:
  std::array<char, kSize> bytes_{};
};

// A record as read, with the version to expect when it is changed.
template <StoredRecord R>
struct Versioned {
  R record;
  RowVersion version;
};

}  // namespace alcove::base
