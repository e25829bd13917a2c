// Nobody unreportable: for every employee as the subject of a report, and for every routing rule, who could take it.
//
// Computed over directory, policy and chart, never over cases; with the visitor of the wall (people/chart.h), so that what it
// says is what a filing would meet. People of the directory whom the chart does not have are subjects too, for
// themselves. 100,000 employees take less than a second.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/core/people/organisation.h"

namespace alcove::intake {

// Whom a gap is about. Employees of the chart have no names here; those of them who are in the directory have.
struct Affected {
  std::uint32_t employees = 0;
  std::vector<base::StaffSlug> staff;  // at most kMostNamed, in the directory's order

  bool none() const { return employees == 0; }
};
inline constexpr std::size_t kMostNamed = 20;

struct RuleCoverage {
  std::string rule;
  std::string desk;
  std::uint32_t fewest = 0;   // members of the desk who are left, for whom fewest are
  Affected nobody;            // neither desk nor fallback could take the report
  Affected only_fallback;     // nobody at the desk could
  Affected few_approvers;     // fewer than two approvers beside the desk are left
};

struct Coverage {
  std::uint32_t subjects = 0;  // employees listed, and people of the directory beside the chart
  std::vector<RuleCoverage> rules;
  Affected few_custodians;  // fewer than k custodians are left

  bool complete() const;
};

inline constexpr std::uint32_t kApproversNeeded = 2;

Coverage CoverageOf(const people::Organisation& organisation);

// One line a gap, in plain words for an administrator; empty when there is none.
std::vector<std::string> LinesOf(const Coverage& coverage);

}  // namespace alcove::intake
