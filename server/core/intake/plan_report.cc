// GetIntake, EvaluateTags, PlanReport, TestRouting: what is asked before a report exists. No row is read here.
#include <algorithm>

#include "crypto/format/identity.h"
#include "crypto/oprf.h"
#include "server/core/access/tags.h"
#include "server/core/cases/show.h"
#include "server/core/intake/eligible.h"
#include "server/core/intake/errors.h"
#include "server/core/intake/intake.h"
#include "server/core/intake/plan.h"

namespace alcove::intake {
namespace {

constexpr std::chrono::seconds kPlanLifetime = std::chrono::hours(1);
// With at most 16 desk members and two machines each, all lines fit the 64 of an epoch record.
constexpr std::size_t kMaxEscalation = 4;
constexpr std::size_t kMaxFallbacks = 8;

absl::Status CheckOpen(const cases::Ports& ports) {
  return people::GapsOf(ports.organisation, ports.clock.Today()).empty() ? absl::OkStatus() : IntakeClosed();
}

// Only people of the directory can be struck out: the reporter saw them in a plan.
absl::StatusOr<std::vector<base::StaffSlug>> SlugsOf(const people::Organisation& organisation,
                                                     std::span<const std::string> sent, std::string_view field) {
  std::vector<base::StaffSlug> slugs;
  for (const std::string& text : sent) {
    absl::StatusOr<base::StaffSlug> slug = base::StaffSlug::Parse(text);
    if (!slug.ok() || organisation.FindPerson(*slug) == nullptr) return base::FieldInvalid(field);
    if (std::find(slugs.begin(), slugs.end(), *slug) == slugs.end()) slugs.push_back(*std::move(slug));
  }
  return slugs;
}

std::vector<cases::ReaderView> ViewsOf(const people::Organisation& organisation,
                                       const std::vector<grants::Holder>& holders) {
  std::vector<cases::ReaderView> views;
  views.reserve(holders.size());
  for (const grants::Holder& holder : holders)
    views.push_back(cases::ViewOf(organisation, holder));
  return views;
}

// The custodians pass the wall like everybody else; with fewer than k of them a confidential identity is not offered.
// A custodian holds one share, under the key of their first machine; whoever has two accounts holds one share, too, for k shares
// have to be k people.
std::vector<const people::Person*> CustodiansFor(const people::Organisation& organisation, const access::Wall& wall) {
  std::vector<const people::Person*> custodians = organisation.With(people::Role::kCustodian);
  std::erase_if(custodians, [&](const people::Person* person) {
    return person->devices.empty() || access::InConflict(organisation, *person, wall);
  });
  for (auto one = custodians.begin(); one != custodians.end(); ++one)
    custodians.erase(std::remove_if(one + 1, custodians.end(),
                                    [one](const people::Person* other) { return people::SamePerson(**one, *other); }),
                     custodians.end());
  if (custodians.size() > format::kMaxCustodians) custodians.resize(format::kMaxCustodians);
  if (custodians.size() < organisation.safeguards().custodian_threshold) custodians.clear();
  return custodians;
}

}  // namespace

absl::StatusOr<IntakeView> GetIntake(const Ports& ports) {
  if (absl::Status status = CheckOpen(ports.cases); !status.ok()) return status;
  IntakeView view;
  for (people::Document document : people::kDocuments)
    view.documents.push_back(ports.cases.organisation.policy(document)->note);
  view.tag_key_id = ports.secrets.tag_key_id;
  view.case_quota_bytes = ports.cases.organisation.safeguards().case_quota_bytes;
  return view;
}

absl::StatusOr<std::vector<crypto::RistrettoPoint>> EvaluateTags(const Ports& ports,
                                                                 std::span<const crypto::BytesView> blinded) {
  if (blinded.empty() || blinded.size() > kMaxTags) return base::FieldInvalid("blinded");
  std::vector<crypto::RistrettoPoint> evaluated;
  for (crypto::BytesView bytes : blinded) {
    absl::StatusOr<crypto::RistrettoPoint> element = crypto::RistrettoPoint::FromBytes(bytes);
    if (!element.ok()) return base::FieldInvalid("blinded");
    absl::StatusOr<crypto::RistrettoPoint> result = crypto::BlindEvaluate(ports.secrets.tag, *element);
    if (!result.ok()) return base::FieldInvalid("blinded");
    evaluated.push_back(*result);
  }
  return evaluated;
}

absl::StatusOr<PlanView> PlanReport(const Ports& ports, const PlanRequest& request) {
  const people::Organisation& organisation = ports.cases.organisation;
  if (absl::Status status = CheckOpen(ports.cases); !status.ok()) return status;
  if (request.subjects.size() + request.keep_out.size() > kMaxTags) return base::FieldInvalid("subjects");
  if (request.struck_out.size() > kMaxTags) return base::FieldInvalid("struck_out");
  absl::StatusOr<people::Facts> facts = CheckFacts(organisation, request.facts);
  if (!facts.ok()) return facts.status();
  absl::StatusOr<access::Tags> subjects = access::HashTags(organisation, request.subjects, "subjects");
  if (!subjects.ok()) return subjects.status();
  absl::StatusOr<access::Tags> keep_out = access::HashTags(organisation, request.keep_out, "keep_out");
  if (!keep_out.ok()) return keep_out.status();
  absl::StatusOr<std::vector<base::StaffSlug>> struck_out = SlugsOf(organisation, request.struck_out, "struck_out");
  if (!struck_out.ok()) return struck_out.status();

  Plan plan;
  plan.facts = *std::move(facts);
  plan.urgency = organisation.taxonomy()->UrgencyOf(plan.facts);
  const people::RoutingRule& rule = organisation.routing()->RuleFor(plan.facts, plan.urgency);
  plan.rule = rule.id;
  plan.desk = rule.desk;
  plan.subjects = std::move(subjects->hashes);
  plan.kept_out = std::move(keep_out->hashes);
  plan.struck_out = *std::move(struck_out);
  const access::Wall wall = WallOf(organisation, plan.subjects, plan.kept_out, plan.struck_out);
  Eligible chosen = EligibleFor(organisation, plan.desk, wall);
  chosen.desk =
      DrawMembers(chosen.desk, organisation.safeguards().desk_members, plan.facts, wall, ports.secrets.draw);
  if (chosen.escalation.size() > kMaxEscalation) chosen.escalation.resize(kMaxEscalation);
  if (chosen.fallbacks.size() > kMaxFallbacks) chosen.fallbacks.resize(kMaxFallbacks);
  // Every epoch is also granted to somebody from outside, so the last of them can be named but not just struck out.
  if (chosen.fallbacks.empty() &&
      !EligibleFor(organisation, plan.desk, WallOf(organisation, plan.subjects, plan.kept_out, {})).fallbacks.empty())
    return base::FieldInvalid("struck_out");
  // A report needs somebody to whom it can be given on the day of filing: at the desk, or from outside.
  if (chosen.desk.empty() && chosen.fallbacks.empty()) return NobodyIsLeft();
  plan.escrow = request.escrow;
  if (plan.escrow && EmployeesNamedBy(wall).empty()) return EscrowSubjectUnknown();
  const std::vector<grants::Holder> holders =
      LinesOf(chosen, plan.escrow ? format::ReleaseCondition::kMatched : format::ReleaseCondition::kAssigned);
  for (const grants::Holder& holder : holders)
    plan.readers.push_back({holder.key_id, holder.purpose, holder.condition});

  PlanView view;
  // A custodian lists the identities that they hold a share of: what waits for others must not be among them.
  const std::vector<const people::Person*> custodians =
      plan.escrow ? std::vector<const people::Person*>() : CustodiansFor(organisation, wall);
  for (const people::Person* custodian : custodians) {
    plan.custodians.push_back(custodian->devices.front().encryption_key_id);
    cases::ReaderView& reader = view.custodians.emplace_back();
    reader.staff = custodian->slug;
    reader.display_name = custodian->display_name;
    reader.purpose = grants::Purpose::kCustodian;
    reader.condition = format::ReleaseCondition::kApproved;
    reader.key_id = plan.custodians.back();
  }
  plan.custodian_threshold = static_cast<std::uint8_t>(organisation.safeguards().custodian_threshold);
  plan.case_id = format::DrawId<base::CaseId>(ports.cases.random);
  plan.expires = ports.cases.clock.Now() + kPlanLifetime;
  plan.directory_version = organisation.directory_version();
  for (std::size_t i = 0; i < plan.policy_versions.size(); ++i)
    plan.policy_versions[i] = organisation.policy_version(people::kDocuments[i]);

  view.plan = SealPlan(plan, ports.secrets.plan, organisation.id(), ports.cases.random);
  view.case_id = plan.case_id;
  view.readers = ViewsOf(organisation, holders);
  view.unknown_subjects = std::move(subjects->unknown);
  view.unknown_keep_out = std::move(keep_out->unknown);
  view.directory_version = plan.directory_version;
  view.custodian_threshold = plan.custodian_threshold;
  view.employment_proof = organisation.routing()->ProofFor(plan.desk);
  return view;
}

absl::StatusOr<RoutingTest> TestRouting(const people::Organisation& organisation, const people::Facts& facts,
                                        std::span<const std::string> kept_out) {
  absl::StatusOr<people::Facts> checked = CheckFacts(organisation, facts);
  if (!checked.ok()) return checked.status();
  absl::StatusOr<std::vector<base::StaffSlug>> slugs = SlugsOf(organisation, kept_out, "kept_out");
  if (!slugs.ok()) return slugs.status();
  RoutingTest test;
  test.urgency = organisation.taxonomy()->UrgencyOf(*checked);
  const people::RoutingRule& rule = organisation.routing()->RuleFor(*checked, test.urgency);
  test.rule = rule.id;
  test.desk = rule.desk;
  const access::Wall wall = WallOf(organisation, {}, {}, *std::move(slugs));
  test.eligible = ViewsOf(organisation, LinesOf(EligibleFor(organisation, rule.desk, wall)));
  return test;
}

}  // namespace alcove::intake
