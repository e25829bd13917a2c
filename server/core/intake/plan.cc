#include "server/core/intake/plan.h"

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/format/wire.h"
#include "server/core/intake/errors.h"
#include "server/core/intake/intake.h"

namespace alcove::intake {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kPadding = 512;

crypto::Bytes Associated(const base::OrganisationId& organisation) {
  return format::ByteWriter(32).Raw("alcove plan v1").U8(0).Fixed(organisation).Take();
}

void WriteSlugs(format::ByteWriter& out, const std::vector<base::StaffSlug>& slugs) {
  out.U8(static_cast<std::uint8_t>(slugs.size()));
  for (const base::StaffSlug& slug : slugs) out.Short(slug.text());
}

void WriteTags(format::ByteWriter& out, const std::vector<people::TagHash>& tags) {
  out.U8(static_cast<std::uint8_t>(tags.size()));
  for (const people::TagHash& tag : tags) out.Fixed(tag);
}

base::StaffSlug ReadSlug(format::ByteReader& in) {
  absl::StatusOr<base::StaffSlug> slug = base::StaffSlug::Parse(in.Short());
  if (!slug.ok()) {
    in.Fail();
    return {};
  }
  return *std::move(slug);
}

std::vector<base::StaffSlug> ReadSlugs(format::ByteReader& in) {
  std::vector<base::StaffSlug> slugs(in.U8());
  for (base::StaffSlug& slug : slugs) slug = ReadSlug(in);
  return slugs;
}

std::vector<people::TagHash> ReadTags(format::ByteReader& in) {
  std::vector<people::TagHash> tags(in.U8());
  for (people::TagHash& tag : tags) tag = in.Fixed<people::TagHash>();
  return tags;
}

std::vector<access::Named> Name(const people::Organisation& organisation, const std::vector<people::TagHash>& tags) {
  std::vector<access::Named> all;
  for (const people::TagHash& tag : tags) all.push_back(access::NameOf(organisation, tag));
  return all;
}

}  // namespace

access::Wall WallOf(const people::Organisation& organisation, const std::vector<people::TagHash>& subjects,
                    const std::vector<people::TagHash>& kept_out, std::vector<base::StaffSlug> struck_out) {
  access::Wall wall;
  wall.subjects = Name(organisation, subjects);
  wall.kept_out = Name(organisation, kept_out);
  wall.struck_out = std::move(struck_out);
  wall.chart_version = organisation.chart().version();
  wall.reach = organisation.safeguards().wall;
  return wall;
}

std::vector<base::EmployeeId> EmployeesNamedBy(const access::Wall& wall) {
  std::vector<base::EmployeeId> employees;
  for (const access::Named& subject : wall.subjects)
    employees.insert(employees.end(), subject.employees.begin(), subject.employees.end());
  std::sort(employees.begin(), employees.end());
  employees.erase(std::unique(employees.begin(), employees.end()), employees.end());
  return employees;
}

absl::StatusOr<std::vector<grants::Holder>> HoldersOf(const people::Organisation& organisation, const Plan& plan) {
  std::vector<grants::Holder> holders;
  holders.reserve(plan.readers.size());
  for (const PlannedReader& reader : plan.readers) {
    const people::Person* person = organisation.FindByEncryptionKey(reader.key_id);
    if (person == nullptr) return PlanStale();
    grants::Holder& holder = holders.emplace_back();
    holder.staff = person->slug;
    holder.key_id = reader.key_id;
    holder.purpose = reader.purpose;
    holder.condition = reader.condition;
  }
  return holders;
}

crypto::Bytes SealPlan(const Plan& plan, const crypto::SymmetricKey& key,
                                       const base::OrganisationId& organisation, crypto::Random& random) {
  format::ByteWriter out(2048);
  out.U8(kVersion).U64(static_cast<std::uint64_t>(plan.expires.time_since_epoch().count())).Fixed(plan.case_id);
  out.U32(plan.directory_version);
  for (std::uint32_t version : plan.policy_versions) out.U32(version);
  out.U8(static_cast<std::uint8_t>(plan.urgency)).Short(plan.rule).Short(plan.desk);
  out.U8(static_cast<std::uint8_t>(plan.facts.categories.size()));
  for (const std::string& category : plan.facts.categories) out.Short(category);
  out.Short(plan.facts.site).U8(plan.facts.immediate_danger ? 1 : 0);
  out.Short(plan.facts.language).Short(plan.facts.jurisdiction);
  WriteTags(out, plan.subjects);
  WriteTags(out, plan.kept_out);
  WriteSlugs(out, plan.struck_out);
  out.U8(static_cast<std::uint8_t>(plan.readers.size()));
  for (const PlannedReader& reader : plan.readers)
    out.Fixed(reader.key_id)
        .U8(static_cast<std::uint8_t>(reader.purpose))
        .U8(static_cast<std::uint8_t>(reader.condition));
  out.U8(plan.escrow ? 1 : 0).U8(plan.custodian_threshold).U8(static_cast<std::uint8_t>(plan.custodians.size()));
  for (const crypto::KeyId& custodian : plan.custodians) out.Fixed(custodian);

  const std::size_t unpadded = out.bytes().size();
  out.Zero((kPadding - unpadded % kPadding) % kPadding);
  const crypto::Bytes associated = Associated(organisation);
  return crypto::Seal(key, out.bytes(), crypto::AssociatedData(associated), random);
}

absl::StatusOr<Plan> OpenPlan(crypto::BytesView sealed, const crypto::SymmetricKey& key,
                              const base::OrganisationId& organisation) {
  if (sealed.size() > kMaxPlanBytes) return PlanInvalid();
  const crypto::Bytes associated = Associated(organisation);
  absl::StatusOr<crypto::Plaintext> opened = crypto::Open(key, sealed, crypto::AssociatedData(associated));
  if (!opened.ok()) return PlanInvalid();
  format::ByteReader in(opened->view());
  Plan plan;
  if (in.U8() != kVersion) return PlanInvalid();
  plan.expires = base::Instant(std::chrono::seconds(static_cast<std::int64_t>(in.U64())));
  plan.case_id = in.Fixed<base::CaseId>();
  plan.directory_version = in.U32();
  for (std::uint32_t& version : plan.policy_versions) version = in.U32();
  plan.urgency = static_cast<people::Urgency>(in.U8());
  plan.rule = in.Short();
  plan.desk = in.Short();
  plan.facts.categories.resize(in.U8());
  for (std::string& category : plan.facts.categories) category = in.Short();
  plan.facts.site = in.Short();
  plan.facts.immediate_danger = in.U8() == 1;
  plan.facts.language = in.Short();
  plan.facts.jurisdiction = in.Short();
  plan.subjects = ReadTags(in);
  plan.kept_out = ReadTags(in);
  plan.struck_out = ReadSlugs(in);
  plan.readers.resize(in.U8());
  for (PlannedReader& reader : plan.readers) {
    reader.key_id = in.Fixed<crypto::KeyId>();
    reader.purpose = static_cast<grants::Purpose>(in.U8());
    reader.condition = static_cast<format::ReleaseCondition>(in.U8());
  }
  plan.escrow = in.U8() == 1;
  plan.custodian_threshold = in.U8();
  plan.custodians.resize(in.U8());
  for (crypto::KeyId& custodian : plan.custodians) custodian = in.Fixed<crypto::KeyId>();
  in.ExpectZero(in.left());
  // The seal says that these are our own bytes; what does not read is a plan of another version of this program.
  if (!in.done()) return PlanInvalid();
  return plan;
}

}  // namespace alcove::intake
