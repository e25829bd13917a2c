// Backups: a directory that a new data directory can be made from.
//
//   db/    the database's files, as of one moment between two commit groups
//   mark   the high-water mark of that moment
//   label  whose it is and under which KEK (label.h)
//   files  text: `alcove.backup.v1`, then for each file of db/, by name: SHA-256 in hex, size, name
//
// It holds no key and is of no use without the KEK. A backup is called one only after it was restored into a directory
// beside it and checked there: RocksDB 7.8 can miss damage while it copies.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "server/storage/check.h"
#include "server/storage/row_store.h"
#include "server/storage/store.h"

namespace alcove::storage {

struct BackupParts {
  const crypto::SymmetricKey& kek;
  crypto::VerifyKey log_key;
  crypto::Random& random;
  OpenRows open_rows;
  KekFacts kek_facts = {};
};

// Copies the rows of a store that goes on serving. `target` must not exist; its parent must, and holds the trial
// restore for a while, so it needs room for two copies. `scratch` must not exist and lies on the database's own device.
// Gives the report of the restored copy. On failure nothing is left behind: NotEmpty, BackupDamaged (the copy did not
// pass its check), StoreFull, UNAVAILABLE.
absl::StatusOr<CheckReport> MakeBackup(RowStore& rows, const std::string& scratch, const std::string& target,
                                       const BackupParts& parts);

// Makes a data directory from a backup and checks it. `data_directory` must not exist or be empty. On failure nothing is
// left in it: NotEmpty, BackupDamaged, FormatNewer, UNAVAILABLE, and where the KEK is another WrongKek or, as far as the label
// says, KekOfLaterEpoch (the backup is from before a shredding, and dead), KekOfEarlierEpoch, KekOfAnotherOrganisation.
absl::StatusOr<CheckReport> RestoreBackup(const std::string& backup, const std::string& data_directory,
                                          const BackupParts& parts);

}  // namespace alcove::storage
