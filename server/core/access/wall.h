// The wall of a case, and the one predicate of conflict (promise P2).
//
// A wall says whom a case must be kept from. It is part of the case's row and never leaves the server. Everything that
// could show a case to a person asks `InConflict` with the newest directory: the plan, the filing, the release of a
// grant, every list, every read and every write. There is no second rule elsewhere, and no cached answer.
#pragma once

#include <vector>

#include "server/core/base/ids.h"
#include "server/core/people/organisation.h"

namespace alcove::access {

// Somebody a reporter spoke of by a tag. The tag's hash stays even when the person was recognised, because a person
// may enter the directory, or change slug, long after the filing; the slugs stay because an identifier may be dropped
// from the directory later.
struct Named {
  people::TagHash tag;
  std::vector<base::StaffSlug> slugs;  // empty: nobody in the directory had this tag then

  friend bool operator==(const Named&, const Named&) = default;
};

struct Wall {
  std::vector<Named> subjects;  // complained about: they and (from stage 2) their chain and relations
  std::vector<Named> kept_out;  // kept out by the reporter: that person only
  std::vector<base::StaffSlug> struck_out;  // struck out of the plan by the reporter
  std::vector<base::StaffSlug> recused;     // stepped back themselves

  friend bool operator==(const Wall&, const Wall&) = default;
};

// The person must not see, hold a key of, or act on what this wall guards. Roles do not matter: an administrator named
// in a report is kept out like anybody else.
bool InConflict(const people::Organisation& organisation, const people::Person& person, const Wall& wall);

// The same for a slug. Somebody who is not in the directory any more is in conflict with everything.
bool InConflict(const people::Organisation& organisation, const base::StaffSlug& slug, const Wall& wall);

}  // namespace alcove::access
