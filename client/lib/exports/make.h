// Makes the archive of a case that was opened and checked: redacted for a purpose, with what proves the rest.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/exports/redaction.h"
#include "client/lib/key_file.h"
#include "client/lib/staff_case.h"
#include "crypto/format/day.h"
#include "crypto/format/organisation.h"

namespace alcove::client::exports {

// The names of the archive's files, in its order. `proofs.txt` comes last: it holds the hashes of the others.
inline constexpr char kReadme[] = "README.txt", kPage[] = "index.html", kCase[] = "case.json", kOpenings[] = "openings.txt",
                      kProofs[] = "proofs.txt";

// Whether the case holds anything that may be handed out for this purpose; kInputInvalid for the accused while no summary was handed
// over. kSummaryInvalid when one was that used what the reporter did not release. Asked before the service is told.
absl::Status CanBeExported(const OpenedCase& opened, format::ExportPurpose purpose);

struct Exported {
  std::string bytes;  // of the ZIP
  size_t shown = 0;   // entries with words
  size_t proven = 0;  // of these, opened whole
  size_t entries = 0;
};

// `opened.leaves` holds the leaf of this export: kLeafOmitted when it does not. `directories`: notes from the newest back to the
// oldest that a staff signature needs (NotesFor). Signed by `keys`. Draws nothing: the same case, day and keys give the same bytes.
absl::StatusOr<Exported> MakeArchive(const OpenedCase& opened, format::ExportPurpose purpose, format::Day day,
                                     const format::OrganisationFile& organisation,
                                     const std::vector<crypto::Bytes>& directories, const StaffKeys& keys);

// The notes that MakeArchive needs, checked by the history: as far back as keys are needed and to one that the organisation file's own
// roots signed.
absl::StatusOr<std::vector<crypto::Bytes>> NotesFor(const OpenedCase& opened, const format::OrganisationFile& organisation,
                                                    const CheckedDirectory& newest, DirectoryHistory& history);

}  // namespace alcove::client::exports
