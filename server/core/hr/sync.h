// Telling the service who works here: begun, uploaded page by page, committed at once or not at all.
//
//   CreateSync -> UploadSyncPage, any number, any order, again if an answer was lost -> CommitSync
//
// Numbers and addresses become tags while a page is decided on, and are kept nowhere; what is staged is hashes of tags.
// Until the commit the chart is as it was: half a sync changes nothing, whatever crashes. The commit is one transaction.
//
// Callers are service accounts with the scope `directory`; the door has checked that. A sync is its creator's alone: to
// everybody else it is NOTHING_HERE. An account has one sync at a time: the next one drops the one before.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "crypto/format/tag.h"
#include "crypto/oprf.h"
#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/hr/chart_merge.h"
#include "server/core/hr/records.h"
#include "server/core/intake/coverage.h"

namespace alcove::hr {

inline constexpr std::size_t kMostRowsOfPage = 256;
inline constexpr std::uint32_t kMostPages = 4096;
inline constexpr std::size_t kMostIdentifiers = 8;  // of one person
inline constexpr std::size_t kMostNamings = 64;     // in one row

// A row as it arrives.
struct ClearRow {
  struct Naming {
    people::EdgeKind kind = people::EdgeKind::kManager;
    format::Identifier who;
  };
  std::vector<format::Identifier> identifiers;  // 1 to kMostIdentifiers
  std::vector<Naming> names;                    // at most kMostNamings
  bool left = false;
};

absl::StatusOr<base::Outcome<SyncId>> CreateSync(const cases::Ports& ports, const base::StaffSlug& caller,
                                                 const std::string& request_id, Mode mode);

// `page` from 0; what stood there before is replaced. FIELD_INVALID for too many rows, pages or names. 75 µs an identifier.
absl::StatusOr<base::Outcome<std::monostate>> UploadSyncPage(const cases::Ports& ports, const crypto::OprfKey& tag_key,
                                                             const base::StaffSlug& caller, const SyncId& id,
                                                             std::uint32_t page, const std::vector<ClearRow>& rows);

struct CommitRequest {
  std::string request_id;
  SyncId sync;
  std::uint32_t pages = 0;  // that were uploaded: 0 to pages - 1
  bool validate_only = false;
};
struct Committed {
  people::OrganisationPtr organisation;  // to be put in force when durable; null when nothing was changed now
  std::uint32_t version = 0;             // of the chart that it makes, or would make
  Counts counts;
  std::vector<Finding> findings;
  bool refused = false;  // validate_only: the commit would be refused as removing too much
  std::vector<std::string> coverage;  // whom nobody but a fallback could hear about, in plain words (intake/coverage.h)
};
// SYNC_INCOMPLETE unless exactly the announced pages are there; SYNC_REFUSED when more than the safeguards' share of people
// would go, or would stay without the manager they had. A repetition answers the same with nothing to commit, but for
// `organisation` and `coverage`. Seconds with 100,000 people.
absl::StatusOr<base::Outcome<Committed>> CommitSync(const cases::Ports& ports, const base::StaffSlug& caller,
                                                    const CommitRequest& request);

}  // namespace alcove::hr
