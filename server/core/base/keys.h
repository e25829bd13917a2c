// Row keys: the parts of a key joined as the table in tables.h says, integers big-endian.
//
//   RowKey(case_id, keyring_byte, sequence)  ->  case16 keyring1 sequence4
//
// The width of an integer is its type's: write std::uint32_t{n} where the table says 4.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/base/ids.h"

namespace alcove::base {

inline void AppendKeyPart(std::string& key, std::unsigned_integral auto number) {
  for (int shift = static_cast<int>(sizeof(number)) * 8 - 8; shift >= 0; shift -= 8)
    key.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> shift)));
}
// Raw bytes whose length is fixed by the table (a hash, another key's prefix).
inline void AppendKeyPart(std::string& key, std::string_view bytes) { key.append(bytes); }
// One length byte and the characters.
inline void AppendKeyPart(std::string& key, const StaffSlug& slug) {
  key.push_back(static_cast<char>(slug.text().size()));
  key.append(slug.text());
}
template <class Id>
  requires requires(const Id& id) { { id.view() } -> std::convertible_to<std::string_view>; }
void AppendKeyPart(std::string& key, const Id& id) {
  key.append(id.view());
}

template <class... Parts>
std::string RowKey(const Parts&... parts) {
  std::string key;
  key.reserve(48);
  (AppendKeyPart(key, parts), ...);
  return key;
}

}  // namespace alcove::base
