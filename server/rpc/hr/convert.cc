#include "server/rpc/hr/convert.h"

#include <utility>

#include "crypto/format/ids.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {
namespace {

constexpr std::string_view kSyncs = "syncs/";

absl::Status AddNaming(people::EdgeKind kind, const std::string& text, std::string_view field, hr::ClearRow* row) {
  absl::StatusOr<format::Identifier> who = format::Identifier::Parse(text);
  if (!who.ok()) return base::FieldInvalid(field);
  row->names.push_back({kind, *std::move(who)});
  return absl::OkStatus();
}

absl::Status AddNamings(people::EdgeKind kind, const google::protobuf::RepeatedPtrField<std::string>& texts,
                        std::string_view field, hr::ClearRow* row) {
  for (const std::string& text : texts)
    if (absl::Status status = AddNaming(kind, text, field, row); !status.ok()) return status;
  return absl::OkStatus();
}

absl::StatusOr<hr::ClearRow> ParseRow(const v1::ChartRow& message) {
  hr::ClearRow row;
  row.left = message.left();
  for (const std::string& text : message.identifiers()) {
    absl::StatusOr<format::Identifier> identifier = format::Identifier::Parse(text);
    if (!identifier.ok()) return base::FieldInvalid("rows.identifiers");
    row.identifiers.push_back(*std::move(identifier));
  }
  using people::EdgeKind;
  absl::Status status;
  if (!message.manager().empty()) status = AddNaming(EdgeKind::kManager, message.manager(), "rows.manager", &row);
  if (status.ok()) status = AddNamings(EdgeKind::kDotted, message.dotted(), "rows.dotted", &row);
  if (status.ok()) status = AddNamings(EdgeKind::kDelegate, message.delegates(), "rows.delegates", &row);
  if (status.ok()) status = AddNamings(EdgeKind::kRelation, message.relations(), "rows.relations", &row);
  if (!status.ok()) return status;
  return row;
}

}  // namespace

std::string SyncName(const hr::SyncId& id) { return std::string(kSyncs) + format::Text(id); }

absl::StatusOr<hr::SyncId> ParseSync(std::string_view name) {
  if (!name.starts_with(kSyncs)) return base::FieldInvalid("name");
  absl::StatusOr<hr::SyncId> id = format::FromText<hr::SyncId>(name.substr(kSyncs.size()));
  if (!id.ok()) return base::FieldInvalid("name");
  return id;
}

absl::StatusOr<hr::Mode> ParseMode(v1::SyncMode mode) {
  if (mode != v1::SYNC_MODE_FULL && mode != v1::SYNC_MODE_DELTA) return base::FieldInvalid("mode");
  return static_cast<hr::Mode>(mode);
}

absl::StatusOr<std::vector<hr::ClearRow>> ParseRows(const v1::UploadSyncPageRequest& request) {
  std::vector<hr::ClearRow> rows;
  for (const v1::ChartRow& message : request.rows()) {
    absl::StatusOr<hr::ClearRow> row = ParseRow(message);
    if (!row.ok()) return row.status();
    rows.push_back(*std::move(row));
  }
  return rows;
}

void Fill(const hr::Committed& committed, v1::CommitSyncResponse* out) {
  out->set_version(committed.version);
  v1::SyncCounts* counts = out->mutable_counts();
  counts->set_rows(committed.counts.rows);
  counts->set_before(committed.counts.before);
  counts->set_after(committed.counts.after);
  counts->set_added(committed.counts.added);
  counts->set_changed(committed.counts.changed);
  counts->set_removed(committed.counts.removed);
  counts->set_lost_managers(committed.counts.lost_managers);
  counts->set_without_manager(committed.counts.without_manager);
  counts->set_cycles(committed.counts.cycles);
  counts->set_orphans(committed.counts.orphans);
  counts->set_duplicates(committed.counts.duplicates);
  counts->set_merged(committed.counts.merged);
  for (const hr::Finding& finding : committed.findings) {
    v1::SyncFinding* one = out->add_findings();
    one->set_kind(static_cast<v1::SyncFindingKind>(finding.kind));
    one->set_row(finding.row);
  }
  out->set_refused(committed.refused);
  out->mutable_coverage()->Assign(committed.coverage.begin(), committed.coverage.end());
}

absl::StatusOr<hr::TokenBatch> ParseBatch(const v1::IssueEmploymentTokensRequest& request) {
  absl::StatusOr<format::Identifier> employee = format::Identifier::Parse(request.employee());
  if (!employee.ok()) return base::FieldInvalid("employee");
  if (request.kind() != v1::TOKEN_KIND_EMPLOYMENT && request.kind() != v1::TOKEN_KIND_ESCROW) return base::FieldInvalid("kind");
  const absl::StatusOr<format::Quarter> quarter = format::Quarter::FromText(request.quarter());
  if (!quarter.ok()) return base::FieldInvalid("quarter");
  return hr::TokenBatch{request.request_id(), *std::move(employee), static_cast<format::TokenKind>(request.kind()), *quarter,
                        {request.blinded().begin(), request.blinded().end()}};
}

void Fill(const crypto::VoprfEvaluated& evaluated, v1::IssueEmploymentTokensResponse* out) {
  for (const crypto::RistrettoPoint& element : evaluated.elements) out->add_evaluated(element.str());
  out->set_proof(evaluated.proof.str());
}

}  // namespace alcove::rpc
