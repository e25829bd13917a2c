// Keys on disk, and the keys of the server.
//
// A row stands under
//   offset size
//        0    1  number of the table (server/core/base/tables.h, which lists every table and the shape of its key)
//        1    n  the row key of that table, except that a staff slug (its length byte and characters) is replaced by
//                the first 16 bytes of BLAKE2b-256 keyed with the index key, over table1 slug
// so that keys on disk hold random bytes and small integers and name nobody. With the table in the hash, the same person
// has different prefixes in different tables.
//
// What stands there (seal.h):
//   offset size
//        0   24  nonce, random with every write; its first 16 bytes are the row's version
//       24  n+16  XChaCha20-Poly1305 of the padded record, associated data = the key on disk, whole
//
// Which key seals a row is its table's scope:
//   store  the store's key, drawn at init and again with every new KEK, kept in the row kFormat
//   case   the key of the case, drawn with the case and again with every new KEK, kept in a row of kCaseKey; deleting the
//          case deletes it
//   kek    the wrapping key, derived from the KEK: the rows kFormat and kCaseKey
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/oprf.h"
#include "crypto/secret.h"
#include "server/core/base/ids.h"
#include "server/core/base/tables.h"

namespace alcove::storage {

// What a KEK's file says of it besides the key, so that a wrong one is refused by name. It proves nothing.
struct KekFacts {
  std::uint32_t epoch = 1;  // how many there have been, this one included
  std::optional<base::OrganisationId> organisation = {};  // nothing in files of before shredding
};

// What lies in key files outside the data directory. Owned by main, outlives everything that is built with it.
struct ServerKeys {
  crypto::SymmetricKey kek;         // opens the store; lost means lost
  crypto::SigningKey log_key;       // signs promises and checkpoints
  crypto::OprfKey tag_key;          // evaluates subject tags
  KekFacts kek_facts = {};
  std::optional<crypto::SigningKey> next_log_key = std::nullopt;  // while the log key is replaced (ledger/log_keys.h)
};

// Makes keys on disk. Immutable; any thread.
class DiskKeys {
 public:
  explicit DiskKeys(crypto::SymmetricKey index_key) : index_key_(std::move(index_key)) {}

  // Adds the key on disk to `out`. INTERNAL for a key that is not of the table's shape: a fault of the caller.
  absl::Status Append(base::Table table, std::string_view key, std::string* out) const;

  // The same for a prefix of a key, which holds a slug whole or not at all; an empty prefix is the whole table.
  absl::Status AppendPrefix(base::Table table, std::string_view prefix, std::string* out) const;

 private:
  absl::Status AppendParts(base::Table table, std::string_view key, bool whole, std::string* out) const;

  crypto::SymmetricKey index_key_;
};

}  // namespace alcove::storage
