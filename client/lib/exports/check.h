// Checks an archive that somebody was handed: offline, with nothing but its bytes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/format/export.h"

namespace alcove::client::exports {

struct CheckedArchive {
  format::VerifiedExport proofs;
  // Entries with words, and those of them whose words are proven.
  size_t shown = 0;
  size_t proven = 0;
};

// The ZIP is as it was written, its files are those that the exporter signed, everything in the proofs holds (format::VerifyExport),
// and `case.json` says of every entry and every leaf what the proofs do, with the words that the openings open. `index.html` and
// `README.txt` are the exporter's, by their signature. kExportInvalid at the first thing that does not hold.
absl::StatusOr<CheckedArchive> CheckArchive(std::string_view bytes);

}  // namespace alcove::client::exports
