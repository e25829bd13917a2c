// The team's side of a case. The caller is a person of the directory.
//
// Every function first finds the caller's membership, then the case, then asks the wall; whatever is missing on that way
// is NOTHING_HERE. The door meets that answer with ledger::DecideRefusal, for ids that exist and ids that do not alike.
// What a person read is in the ledger before the answer leaves: the outcome's leaves are committed first.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::cases {

// Cases released to the caller, in no order that tells anything; 50 a page unless asked, at most 100. One leaf of its own
// kind that is shown in no case.
absl::StatusOr<base::Outcome<CasePage>> ListCases(const Ports& ports, const base::StaffSlug& caller,
                                                  const PageRequest& page);

absl::StatusOr<base::Outcome<CaseDetail>> GetCase(const Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id);

// The caller's released grants of one keyring. A leaf, in THREAD one that the reporter sees.
absl::StatusOr<base::Outcome<std::vector<ReleasedGrant>>> OpenCase(const Ports& ports, const base::StaffSlug& caller,
                                                                   const base::CaseId& id, format::Keyring keyring);

// One page of a keyring, oldest first; a leaf, in THREAD one that the reporter sees.
absl::StatusOr<base::Outcome<EntryPage>> ListEntries(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, format::Keyring keyring,
                                                     const PageRequest& page);

absl::StatusOr<base::Outcome<Appended>> AppendEntry(const Ports& ports, const base::StaffSlug& caller,
                                                    const base::CaseId& id, const std::string& request_id,
                                                    const NewEntry& entry);

// The assignee accepts the case. Answers the new etag.
absl::StatusOr<base::Outcome<std::string>> ClaimCase(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id);

struct Moved {
  std::string etag;
  State state = State::kReceived;
};
// Moves the case along the table of states.h. `reason` is a code of the list that the table names, if it names one.
// ASSESSMENT_MISSING and what else CheckReady asks for.
absl::StatusOr<base::Outcome<Moved>> ChangeCaseState(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id, State to,
                                                     const std::string& reason);

// What was done on the case, oldest first, the team's own leaves included; 50 a page unless asked, at most 100. A leaf
// that the reporter does not see.
absl::StatusOr<base::Outcome<LeafPage>> ListHistory(const Ports& ports, const base::StaffSlug& caller,
                                                    const base::CaseId& id, const PageRequest& page);

}  // namespace alcove::cases
