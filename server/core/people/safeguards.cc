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
  if (absl::Status status = fields.status(); !status.ok()) return status;
  return safeguards;
}

}  // namespace alcove::people
