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
// may enter the directory or the chart, or change slug, long after the filing; slugs and employees stay because an
// identifier may be dropped later.
struct Named {
  people::TagHash tag;
  std::vector<base::StaffSlug> slugs;        // empty: nobody in the directory had this tag then
  std::vector<base::EmployeeId> employees;   // empty: nobody in the chart did

  friend bool operator==(const Named&, const Named&) = default;
};

struct Wall {
  std::vector<Named> subjects;  // complained about: they and everybody who stands by them (people/chart.h)
  std::vector<Named> kept_out;  // kept out by the reporter: that person only
  std::vector<base::StaffSlug> struck_out;  // struck out of the plan by the reporter
  std::vector<base::StaffSlug> recused;     // stepped back themselves
  // For whom two approvers lifted what the chart says wrongly: edges that ended keep these people out no longer. Edges in
  // force, and everything above, still do.
  std::vector<base::StaffSlug> lifted;
  // Of the chart at filing: every edge held since then counts, so that a wall only grows.
  std::uint32_t chart_version = 0;
  people::Reach reach;  // of the safeguards at filing: the stricter of these and today's holds

  friend bool operator==(const Wall&, const Wall&) = default;
};

// Somebody named, as directory and chart have them now.
Named NameOf(const people::Organisation& organisation, const people::TagHash& tag);

// The wall that keeps out everybody whom either keeps out: for cases that stand behind one wall.
Wall Union(const Wall& one, const Wall& other);

// The person must not see, hold a key of, or act on what this wall guards: they administer the service, or by this or
// another account of theirs are named, struck out or recused, or stand by a subject. Microseconds, not allocations, are
// the bound: 20 of them with 100,000 employees.
bool InConflict(const people::Organisation& organisation, const people::Person& person, const Wall& wall);

// The same for a slug. Somebody who is not in the directory any more is in conflict with everything.
bool InConflict(const people::Organisation& organisation, const base::StaffSlug& slug, const Wall& wall);

// May read a case behind this wall, as far as role and wall say: in no conflict, and neither auditor nor protection officer (design
// section 3: they learn nothing of a case, also when they were investigators before). They may decide what others ask for.
bool MayRead(const people::Organisation& organisation, const people::Person& person, const Wall& wall);

}  // namespace alcove::access
