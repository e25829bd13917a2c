// How storage refuses. These meet the operator, not a caller: app prints the text and stops. Refusals that callers meet
// (StoreFull, StoreFailed, Stopping, Contended) are in server/core/base/errors.h.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string_view>

namespace alcove::storage {

absl::Status WrongKek();                        // FAILED_PRECONDITION: the store was made under another KEK
absl::Status KekOfAnotherOrganisation();        // FAILED_PRECONDITION
// FAILED_PRECONDITION: the store is from before a shredding. Its key was destroyed: nothing of it can be brought back.
absl::Status KekOfLaterEpoch(std::uint32_t store, std::uint32_t kek);
absl::Status KekOfEarlierEpoch(std::uint32_t kek, std::uint32_t store);  // FAILED_PRECONDITION: an old copy of the KEK
absl::Status FormatNewer();                     // FAILED_PRECONDITION: a newer alcoved wrote this store
absl::Status RolledBack();                      // DATA_LOSS: the store is older than its mark
absl::Status Forked();                          // DATA_LOSS: the ledger is not the one the mark was made for
absl::Status MarkMissing();                     // DATA_LOSS: there is a store and no mark beside it
absl::Status MarkDamaged();                     // DATA_LOSS: neither slot of the mark verifies under this KEK
absl::Status RowDamaged(std::string_view table);  // DATA_LOSS: a row does not open: damaged, moved or forged
absl::Status KeyMissing();                      // DATA_LOSS: a row of a case whose key is gone
absl::Status LedgerDamaged(std::string_view what);  // DATA_LOSS: what the ledger's rows say does not fit together
absl::Status BackupDamaged(std::string_view what);  // DATA_LOSS
absl::Status NotEmpty();                        // ALREADY_EXISTS: the target directory has something in it
absl::Status FileFailed(std::string_view what);   // UNAVAILABLE: a file could not be read or written

}  // namespace alcove::storage
