// The high-water mark: how far the store had come, kept in a file outside the database. A database whose log was deleted
// or cut at a record opens without complaint in every mode of RocksDB; only something beside it can tell.
//
// The file, two slots at offsets 0 and 4096, written in turn so that a torn write spoils one at most:
//   offset size
//        0    4  magic "ALM1"
//        4    8  number of the newest commit group
//       12    8  leaves in the ledger's tree
//       20   32  root of that tree
//       52   32  HMAC-SHA-256 of the above under a key derived from the KEK
// Advance does not wait for the device: kill -9 loses nothing, and after a power cut the mark may lag behind the database,
// never the other way round, because the database is synced first.
//
// Threads: one, the Journal's.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::storage {

struct MarkState {
  std::uint64_t group = 0;
  std::uint64_t leaves = 0;
  crypto::Digest root;

  friend bool operator==(const MarkState&, const MarkState&) = default;
};

class Mark {
 public:
  // Makes the file (0600, durable). ALREADY_EXISTS, UNAVAILABLE.
  static absl::Status Create(const std::string& path, const crypto::SymmetricKey& kek, const MarkState& state);
  // MarkMissing, MarkDamaged, UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<Mark>> Open(const std::string& path, const crypto::SymmetricKey& kek);

  ~Mark();
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  const MarkState& state() const { return state_; }
  absl::Status Advance(const MarkState& state);
  // Waits for the device: at cuts and at the end.
  absl::Status Sync();

 private:
  Mark(int file, crypto::SymmetricKey key, const MarkState& state, bool second_slot)
      : file_(file), key_(std::move(key)), state_(state), second_slot_(second_slot) {}

  const int file_;
  const crypto::SymmetricKey key_;
  MarkState state_;
  bool second_slot_;  // the slot that holds `state_`
};

}  // namespace alcove::storage
