// A store under new keys, without what is to go. The heart of shredding (design section 5, "at rest").
//
// Every row is opened and sealed again: a new store key, a new key for every case, all of them wrapped under the new KEK, in a
// database of its own that is made from nothing. So
//   - of what is to go no byte is written, whatever RocksDB keeps in files, logs and free space of the old one;
//   - nothing that is left opens anything of the old database or of a backup of it: not the row of a case that went, and not
//     the rows of those that stay, either;
//   - keys on disk that hold a hash of a slug are new as well.
// Re-wrapping the case keys that stay would be quicker and would leave old backups alive for whoever holds the new KEK. The backup
// that follows reads, copies and checks every byte several times anyhow.
//
// What is kept besides the rows: the organisation, and the seed that request ids and plans are keyed by (Vault::seed), so that a
// request that is repeated over the change finds its answer. It opens no row.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/cases/tombstone.h"
#include "server/storage/row_store.h"

namespace alcove::storage {

enum class Take : std::uint8_t {
  kNothing,  // a rotation of the KEK: what is to go stays, and stays doomed
  kDoomed,   // shredding
};

struct RekeyReport {
  std::uint64_t rows = 0;       // written
  std::uint64_t rows_gone = 0;  // not written again
  std::uint64_t redacted = 0;   // entries that lost their body
  std::vector<cases::GoneCase> gone;
  std::vector<base::CaseId> touched;  // cases that stay and lost entries
};

// `to` holds nothing yet, `from` may be open for reading only; nobody writes to either meanwhile. The new store has the epoch
// after the old one's.
//   WrongKek, FormatNewer   of `from`
//   DATA_LOSS               a row does not open or makes no sense: nothing is thrown away while not all of it is understood
//   StoreFull, UNAVAILABLE  of `to`
// `to` is of no use then.
absl::StatusOr<RekeyReport> CopyUnderNewKeys(const RowStore& from, const crypto::SymmetricKey& kek, RowStore& to,
                                             const crypto::SymmetricKey& new_kek, Take take, crypto::Random& random);

}  // namespace alcove::storage
