#include "server/rpc/intake/convert.h"

#include <string>
#include <utility>

#include "crypto/format/ids.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

absl::StatusOr<std::vector<crypto::BytesView>> ParseBlinded(const v1::EvaluateTagsRequest& request) {
  const auto most = static_cast<int>(intake::kMaxTags);
  if (request.blinded_size() < 1 || request.blinded_size() > most) return base::FieldInvalid("blinded");
  return std::vector<crypto::BytesView>(request.blinded().begin(), request.blinded().end());
}

absl::StatusOr<intake::PlanRequest> ParsePlan(const v1::PlanReportRequest& request) {
  const auto most = static_cast<int>(intake::kMaxTags);
  if (request.facts().categories_size() > most) return base::FieldInvalid("facts.categories");
  if (request.subjects_size() > most) return base::FieldInvalid("subjects");
  if (request.keep_out_size() + request.subjects_size() > most) return base::FieldInvalid("keep_out");
  if (request.struck_out_size() > most) return base::FieldInvalid("struck_out");
  intake::PlanRequest plan{.facts = ParseFacts(request.facts()),
                           .subjects = {request.subjects().begin(), request.subjects().end()},
                           .keep_out = {request.keep_out().begin(), request.keep_out().end()},
                           .struck_out = {},
                           .escrow = request.escrow()};
  for (const std::string& name : request.struck_out()) {
    const absl::StatusOr<base::StaffSlug> staff = ParseStaff(name, "struck_out");
    if (!staff.ok()) return staff.status();
    plan.struck_out.push_back(staff->text());
  }
  return plan;
}

void Fill(intake::IntakeView&& view, v1::GetIntakeResponse* out) {
  for (crypto::Bytes& document : view.documents) out->add_documents(std::move(document));
  out->set_tag_key_id(view.tag_key_id.str());
  out->set_max_envelope_bytes(view.max_envelope_bytes);
  out->set_max_blob_bytes(view.max_blob_bytes);
  out->set_blob_part_bytes(view.blob_part_bytes);
  out->set_case_quota_bytes(view.case_quota_bytes);
}

void Fill(intake::PlanView&& view, v1::PlanReportResponse* out) {
  out->set_plan(std::move(view.plan));
  out->set_case_(format::CaseName(view.case_id));
  for (const cases::ReaderView& reader : view.readers) SetReader(reader, out->add_readers());
  for (const std::uint32_t position : view.unknown_subjects) out->add_unknown_subjects(position);
  for (const std::uint32_t position : view.unknown_keep_out) out->add_unknown_keep_out(position);
  out->set_directory_version(view.directory_version);
  for (const cases::ReaderView& custodian : view.custodians) SetReader(custodian, out->add_custodians());
  out->set_custodian_threshold(view.custodian_threshold);
  out->set_employment_proof(static_cast<v1::EmploymentProofPolicy>(view.employment_proof));
}

}  // namespace alcove::rpc
