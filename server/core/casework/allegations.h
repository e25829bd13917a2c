// What is alleged, and what was found of it. The server knows codes; who, what and why is sealed in an entry of TEAM that
// comes with every change, and nothing of it is shown to the reporter.
//
// Errors of every function: NOTHING_HERE for whoever does not reach the case (cases/reach.h), and those of placing an entry
// (cases/new_entry.h), KIND_REFUSED among them where the state of the case does not take that kind (cases/kinds.h).
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"
#include "server/core/casework/act.h"

namespace alcove::casework {

// Of one case. More is another case.
inline constexpr std::size_t kMostAllegations = 64;

struct NewAllegation {
  base::AllegationId id;  // drawn by the client, which seals it with the words
  std::string category;   // code of the taxonomy's `category`
};

// From the first state until it is decided.
//   FIELD_INVALID("name")  a zero id, or one that is taken
//   CODE_UNKNOWN, QUOTA_EXCEEDED (more than kMostAllegations)
absl::StatusOr<base::Outcome<Written>> CreateAllegation(const cases::Ports& ports, const base::StaffSlug& caller,
                                                        const base::CaseId& id, const std::string& request_id,
                                                        const NewAllegation& allegation, const cases::NewEntry& entry);

// Says what was found, or says it anew. A first finding is made while investigating, under review or when deciding; one
// that stands may be changed until the case is closed. A case that was referred or is out of scope takes
// `not_investigated` alone.
//   NOTHING_HERE          no such allegation
//   CODE_UNKNOWN          no code of `finding`
//   APPROVAL_NOT_GRANTED  `knowingly_false`, unless two others approved that of this very allegation (FALSE_REPORT of
//                         server/core/approvals), at most seven days ago, and it was not said since: that one spoke up must not be
//                         turned against them
//   KIND_REFUSED          not in this state
//   ASSESSMENT_MISSING    the risk of detriment at outcome was not assessed since the case was last reopened
//   ETAG_STALE            of the allegation
absl::StatusOr<base::Outcome<Written>> SetFinding(const cases::Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id, const base::AllegationId& allegation,
                                                  const std::string& etag, const std::string& request_id,
                                                  const std::string& finding, const cases::NewEntry& entry);

}  // namespace alcove::casework
