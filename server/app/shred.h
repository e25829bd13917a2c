// Shredding as a batch over a data directory that nobody serves: new KEK, everything that stays under new keys, a new verified
// backup, the old KEK destroyed. `alcoved shred` takes what is to go; `alcoved keys rotate` takes nothing and is the same batch.
//
//   phase       what is on disk then
//   building    keys/kek.next, data/next/{db,mark,label}, the backup; db and kek.key untouched. Killed here, the next start
//               takes all of it away again: the old state.
//   switching   all of the above is complete, checked and durable. Killed here, the next start goes on to the end: the old KEK
//               is overwritten and unlinked, kek.next becomes kek.key, the old database goes, the new one takes its place.
//
// The phase stands in data/shred, a file that is replaced as a whole: "alcove.shred.v1", "phase <p>", "backup <path>", a line
// each. Every step is such that doing it twice is doing it once. From the moment that `switching` is durable nothing is left to
// decide, and a start costs no more than a few renames.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/random.h"
#include "server/app/keys.h"
#include "server/core/base/ports.h"
#include "server/storage/rekey.h"

namespace alcove::app {

// The boundaries of the batch, in their order. `kSwitching` is the one after which it goes on instead of back.
enum class ShredStep : std::uint8_t {
  kBegun,         // data/shred says building
  kKekMade,       // kek.next
  kCopied,        // the new database has every row that stays
  kWritten,       // tombstones and leaves
  kChecked,       // the long check found nothing
  kBackedUp,      // the new backup was restored once
  kSwitching,     // data/shred says switching
  kKekDestroyed,  // kek.key was overwritten and unlinked
  kKekInPlace,    // kek.next is kek.key
  kOldGone,       // the old database is gone
  kInPlace,       // the new one is db
  kDone,
};
inline constexpr int kShredSteps = 12;
std::string_view Name(ShredStep step);

struct ShredWorld {
  std::filesystem::path data;
  KeyPlaces keys;
  // A directory that is not there yet; its parent is. Every older backup is dead afterwards, so there is no shredding
  // without a new one.
  std::filesystem::path backup;
  storage::Take take = storage::Take::kDoomed;
  base::Clock& clock;
  crypto::Random& random;
  // Called at each boundary; for tests, which end the process there. May be empty.
  std::function<void(ShredStep)> at = {};
  // Makes the new database; empty for the one over RocksDB.
  std::function<absl::StatusOr<std::unique_ptr<storage::RowStore>>(const std::string& directory)> create = {};
};

struct Shredded {
  std::uint32_t epoch = 0;  // of the KEK that is gone
  std::size_t cases = 0;
  std::uint64_t entries = 0;
  std::uint64_t rows_gone = 0;
  std::uint64_t rows = 0;  // that stay
};

// The whole batch. The caller holds the lock of the data directory and has called FinishShred. On an error the old state is
// there, as far as the disk lets anything be put right at once; FinishShred does the rest.
//   FAILED_PRECONDITION  KekIsCredential: the KEK comes from systemd and cannot be replaced here; ClockFrozen: the clock leapt,
//                        and what cannot be undone waits; the errors of keys and of opening a store; NothingToShred
//   ALREADY_EXISTS       the backup's directory, or a kek.next that this did not make
//   DATA_LOSS            the store is damaged, rolled back, or the new one did not pass its check
absl::StatusOr<Shredded> Shred(const ShredWorld& world);

enum class Finished {
  kNothing,    // no batch was under way
  kUndone,     // one had not come to its switch: the old state is there
  kCompleted,  // one had: the new state is there
};
// Whatever a batch that was killed left behind is put right. Before keys are read, by every command that opens the data
// directory, which holds its lock. Named errors where it cannot: never guesses.
absl::StatusOr<Finished> FinishShred(const std::filesystem::path& data, const KeyPlaces& keys, crypto::Random& random,
                                     const std::function<void(ShredStep)>& at = {});

}  // namespace alcove::app
