#include "server/rpc/admin/convert.h"

#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

void SetAffected(const intake::Affected& affected, v1::Affected* out) {
  out->set_employees(affected.employees);
  for (const base::StaffSlug& slug : affected.staff) out->add_staff(StaffName(slug));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseKeptOut(const v1::TestRoutingRequest& request) {
  if (request.kept_out_size() > static_cast<int>(intake::kMaxTags)) return base::FieldInvalid("kept_out");
  std::vector<std::string> slugs;
  for (const std::string& name : request.kept_out()) {
    const absl::StatusOr<base::StaffSlug> staff = ParseStaff(name, "kept_out");
    if (!staff.ok()) return staff.status();
    slugs.push_back(staff->text());
  }
  return slugs;
}

void Fill(const intake::RoutingTest& test, v1::TestRoutingResponse* out) {
  out->set_rule(test.rule);
  out->set_desk(test.desk);
  out->set_urgency(ToProto(test.urgency));
  for (const cases::ReaderView& reader : test.eligible) SetReader(reader, out->add_eligible());
}

void Fill(const intake::Coverage& coverage, v1::GetCoverageResponse* out) {
  out->set_subjects(coverage.subjects);
  for (const intake::RuleCoverage& rule : coverage.rules) {
    v1::RuleCoverage* one = out->add_rules();
    one->set_rule(rule.rule);
    one->set_desk(rule.desk);
    one->set_fewest(rule.fewest);
    SetAffected(rule.nobody, one->mutable_nobody());
    SetAffected(rule.only_fallback, one->mutable_only_fallback());
    SetAffected(rule.few_approvers, one->mutable_few_approvers());
  }
  SetAffected(coverage.few_custodians, out->mutable_few_custodians());
  const std::vector<std::string> lines = intake::LinesOf(coverage);
  out->mutable_gaps()->Assign(lines.begin(), lines.end());
}

void Fill(const people::Organisation& organisation, base::Day today, v1::GetServiceStatusResponse* out) {
  out->set_directory_version(organisation.directory_version());
  if (organisation.directory() != nullptr) SetDay(organisation.directory()->valid_until, out->mutable_directory_expires());
  const std::vector<std::string> gaps = people::GapsOf(organisation, today);
  out->mutable_gaps()->Assign(gaps.begin(), gaps.end());
  out->set_intake_open(gaps.empty());
  for (const people::Document document : people::kDocuments) {
    if (organisation.policy_version(document) == 0) continue;
    v1::PolicyVersion* policy = out->add_policies();
    policy->set_document(std::string(people::Name(document)));
    policy->set_version(organisation.policy_version(document));
  }
}

}  // namespace alcove::rpc
