// Who could take a report: the people of a desk, the escalation recipients and the fallbacks, less everybody in conflict.
// Used by the plan and by TestRouting alike, so that what an administrator tries is what happens.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "crypto/secret.h"
#include "server/core/access/wall.h"
#include "server/core/grants/holder.h"
#include "server/core/people/organisation.h"

namespace alcove::intake {

// Facts that routing may rest on: 1 to 8 categories of the taxonomy, each once, a known site, language and profile.
// CODE_UNKNOWN for codes, FIELD_INVALID for the rest. Empty fields are filled with the organisation's first.
absl::StatusOr<people::Facts> CheckFacts(const people::Organisation& organisation, people::Facts facts);

struct Eligible {
  std::vector<const people::Person*> desk;        // investigators of the desk, in the directory's order
  std::vector<const people::Person*> escalation;
  std::vector<const people::Person*> fallbacks;   // from outside the chart only
};
Eligible EligibleFor(const people::Organisation& organisation, const std::string& desk, const access::Wall& wall);

// At most `count` of them: those whose keyed hash over facts and names is lowest. The same question gives the same people,
// nobody can tell beforehand whom, and striking one out brings in the next without moving the others.
std::vector<const people::Person*> DrawMembers(const std::vector<const people::Person*>& desk, std::size_t count,
                                               const people::Facts& facts, const access::Wall& wall,
                                               const crypto::SymmetricKey& key);

// One line for each key of each person. A person who is chosen twice (a fallback who also escalates) holds the first.
// The desk's are on condition `desk`.
std::vector<grants::Holder> LinesOf(const Eligible& chosen,
                                    format::ReleaseCondition desk = format::ReleaseCondition::kAssigned);

}  // namespace alcove::intake
