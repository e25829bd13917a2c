// Whether enough others have named the same person: what the filing of an escrow sets off (cases/escrow.h).
//
// Two reports are about one person when they name the same employee, by whichever of their identifiers; of several people, one is
// enough. A report speaks with the voice of the token that it was filed with, and every voice counts once.
//
// **Nobody is sent on the word of somebody who stays silent.** A report counts for another only if it is with the team itself, or
// goes there in the same moment. Of those that wait, the largest set goes in which everybody has as many others as they asked
// for. Were it enough that others wait, a team with two reports that each waited for two others would know of a third, which
// asked for five and must not exist for them.
//
// A report that was withdrawn, whose last day went by while it waited, or that is to be shredded, counts for nobody. One that the team has
// counts for as long as it is kept. What is reported without waiting counts for nobody: it has no token that says that it is
// somebody else's.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::guard {

// `filed` is being filed, with an escrow. Puts it on the rolls of those whom it names; releases everybody who has enough others
// now, the filed one among them if it is one, gives each to somebody, and lets all of them, with those about the same people
// that the team has already, stand behind one wall. More than cases::kMostLinked are not linked; they take over the wall. Whether
// `filed` was released. The caller puts it, and takes the grants of whoever lost it from its epoch; the others are put here.
absl::StatusOr<bool> Match(const cases::Ports& ports, cases::Case& filed, base::ChangeSet& changes,
                           std::vector<base::LeafDraft>& drafts);

}  // namespace alcove::guard
