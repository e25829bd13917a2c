#include "server/storage/errors.h"

#include <string>

namespace alcove::storage {
namespace {

std::string Join(std::string_view text, std::string_view what) { return std::string(text).append(what); }

}  // namespace

absl::Status WrongKek() { return absl::FailedPreconditionError("the key-encryption key is not the one this store was made under"); }
absl::Status KekOfAnotherOrganisation() {
  return absl::FailedPreconditionError("the key-encryption key is another organisation's");
}
absl::Status KekOfLaterEpoch(std::uint32_t store, std::uint32_t kek) {
  return absl::FailedPreconditionError(
      "the data is from before a shredding: it was kept under key number " + std::to_string(store) +
      ", which was destroyed, and the key here is number " + std::to_string(kek) +
      ". Nothing of it can be read or brought back; take a backup made since");
}
absl::Status KekOfEarlierEpoch(std::uint32_t kek, std::uint32_t store) {
  return absl::FailedPreconditionError("the key here is number " + std::to_string(kek) + ", and the data is kept under number " +
                                       std::to_string(store) + ": bring back the newest key export");
}
absl::Status FormatNewer() { return absl::FailedPreconditionError("the store was written by a newer alcoved"); }
absl::Status RolledBack() {
  return absl::DataLossError("the store is older than its mark: it was rolled back, or acknowledged writes were lost");
}
absl::Status Forked() { return absl::DataLossError("the ledger is not the one its mark was made for"); }
absl::Status MarkMissing() { return absl::DataLossError("the ledger's mark is missing beside the store"); }
absl::Status MarkDamaged() { return absl::DataLossError("the ledger's mark does not verify"); }
absl::Status RowDamaged(std::string_view table) {
  return absl::DataLossError(Join("a row does not open (damaged, moved or forged), table ", table));
}
absl::Status KeyMissing() { return absl::DataLossError("a row belongs to a case whose key is gone"); }
absl::Status LedgerDamaged(std::string_view what) { return absl::DataLossError(Join("the ledger is damaged: ", what)); }
absl::Status BackupDamaged(std::string_view what) { return absl::DataLossError(Join("the backup is damaged: ", what)); }
absl::Status NotEmpty() { return absl::AlreadyExistsError("the directory is not empty"); }
absl::Status FileFailed(std::string_view what) { return absl::UnavailableError(Join("a file failed: ", what)); }

}  // namespace alcove::storage
