#include "server/core/people/safeguards.h"

#include "server/core/people/document_fields.h"

namespace alcove::people {

absl::StatusOr<Safeguards> Safeguards::Parse(std::string_view json) {
  absl::StatusOr<nlohmann::json> document = ParseDocument("safeguards", json);
  if (!document.ok()) return document.status();
  DocumentFields fields("safeguards", *document);
  Safeguards safeguards;
  safeguards.custodian_threshold = static_cast<std::uint16_t>(fields.Number("custodian_threshold", 2, 16, 2));
  safeguards.desk_members = static_cast<std::uint16_t>(fields.Number("desk_members", 1, 16, 3));
  safeguards.fallbacks = static_cast<std::uint16_t>(fields.Number("fallbacks", 2, 8, 2));
  safeguards.small_group = static_cast<std::uint16_t>(fields.Number("small_group", 3, 100, 5));
  safeguards.case_quota_bytes = fields.Number("case_quota_mib", 16, 4000, 512) << 20;
  safeguards.wall.depth = fields.Number("wall_depth", 0, 64, 0);
  safeguards.wall.team_mates = fields.Flag("team_mates", false);
  safeguards.sync_most_removed_percent =
      static_cast<std::uint16_t>(fields.Number("sync_most_removed_percent", 1, 100, 10));
  if (absl::Status status = fields.status(); !status.ok()) return status;
  return safeguards;
}

}  // namespace alcove::people
