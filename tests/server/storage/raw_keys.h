// Every key that somebody who holds the KEK and a database can come by, and whether any of them opens anything: what a thief
// would try on an old backup, value by value. Written against the layout in server/storage/keys.h, not with its code.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/secret.h"
#include "server/core/base/tables.h"
#include "server/storage/row_store.h"

namespace alcove::storage {

using RawKeys = std::vector<crypto::SymmetricKey>;

inline void AddRaw(RawKeys& keys, std::string_view bytes) {
  auto key = crypto::SymmetricKey::FromBytes(bytes);
  if (key.ok()) keys.push_back(*std::move(key));
}

// The KEK itself, what is derived from it, and everything that it unwraps here: store key, seed, the keys of cases.
inline RawKeys KeysFrom(const crypto::SymmetricKey& kek, const RowStore& rows) {
  RawKeys keys;
  AddRaw(keys, kek.expose());
  const crypto::SymmetricKey wrapping = crypto::DeriveKey(kek, "alcove at rest, wrapping key v1");
  AddRaw(keys, wrapping.expose());
  (void)rows.Scan({}, {}, [&](std::string_view key, std::string_view value) {
    const auto table = static_cast<base::Table>(static_cast<unsigned char>(key.front()));
    if (table != base::Table::kFormat && table != base::Table::kCaseKey) return true;
    const auto opened = crypto::Open(wrapping, value, crypto::AssociatedData(key));
    if (!opened.ok()) return true;
    if (table == base::Table::kCaseKey) {
      AddRaw(keys, opened->view());
      return true;
    }
    for (std::size_t at = 24; at + 32 <= opened->view().size(); at += 32) {
      const auto inner = crypto::SymmetricKey::FromBytes(opened->view().substr(at, 32));
      AddRaw(keys, inner->expose());
      AddRaw(keys, crypto::DeriveKey(*inner, "alcove at rest, rows v1").expose());
    }
    return true;
  });
  return keys;
}

inline bool Opens(const RawKeys& keys, std::string_view disk_key, std::string_view value) {
  for (const crypto::SymmetricKey& key : keys)
    if (crypto::Open(key, value, crypto::AssociatedData(disk_key)).ok()) return true;
  return false;
}

// How many of the values in these rows any of the keys opens.
inline std::size_t CountOpened(const RowStore& rows, const RawKeys& keys) {
  std::size_t opened = 0;
  (void)rows.Scan({}, {}, [&](std::string_view key, std::string_view value) {
    opened += Opens(keys, key, value) ? 1 : 0;
    return true;
  });
  return opened;
}

}  // namespace alcove::storage
