// The long look at a store: `alcoved check`, and every backup before it is called one.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crypto/sign.h"
#include "server/core/base/tables.h"
#include "server/core/ledger/check.h"
#include "server/storage/mark.h"
#include "server/storage/row_store.h"
#include "server/storage/seal.h"

namespace alcove::storage {

struct CheckReport {
  std::map<base::Table, std::uint64_t> rows;
  std::uint64_t blobs_incomplete = 0;  // named and not wholly received: no fault
  ledger::CheckedLedger ledger;
  MarkState edge;
  // What is wrong, for the operator: tables and counts, nothing from inside a row. Empty when all is well.
  std::vector<std::string> problems;

  bool ok() const { return problems.empty(); }
};

// Opens every row; holds every record's key against its fields, every case's counters against its rows, every received
// byte of a blob against its parts, what is to go and what is left of what went, every leaf of a case against the ledger, every
// approval against its request and against whoever is led to it, every edge of the chart against its employees; rebuilds the
// ledger. `mark` may be null
// (there is none in a copy of a database alone). Nothing may be written meanwhile.
// An error status when the store cannot be opened at all: WrongKek, FormatNewer.
absl::StatusOr<CheckReport> CheckStore(const RowStore& rows, const crypto::SymmetricKey& kek,
                                       const crypto::VerifyKey& log_key, const MarkState* mark, crypto::Random& random);

}  // namespace alcove::storage
