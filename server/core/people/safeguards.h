// The numbers that guard the promises, as the `safeguards` policy document sets them.
//
//   {"custodian_threshold": 2, "desk_members": 3, "fallbacks": 2, "small_group": 5, "case_quota_mib": 512,
//    "wall_depth": 0, "team_mates": false, "sync_most_removed_percent": 10}
//
// Signed by t root holders like the directory, so that no administrator alone can lower one. Each has a floor that no
// signature lowers.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string_view>

#include "server/core/people/chart.h"

namespace alcove::people {

struct Safeguards {
  std::uint16_t custodian_threshold = 2;  // k: custodians who open an identity together; at least 2
  std::uint16_t desk_members = 3;         // members of a desk that a plan holds; 1 to 16
  std::uint16_t fallbacks = 2;            // fallbacks from outside without which intake stays closed; at least 2
  std::uint16_t small_group = 5;          // smallest group a statistic may show; at least 3
  std::uint32_t case_quota_bytes = 512u << 20;  // all blobs of a case
  // How far the wall goes around a subject. wall_depth counts levels of the chain of command; 0 is the whole chain.
  Reach wall;
  // A sync that would remove more of the people, or of their managers, than this is refused; 1 to 100.
  std::uint16_t sync_most_removed_percent = 10;

  // POLICY_INCOMPLETE naming the first thing that is wrong.
  static absl::StatusOr<Safeguards> Parse(std::string_view json);
};

}  // namespace alcove::people
