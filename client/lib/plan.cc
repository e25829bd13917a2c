#include "client/lib/plan.h"

#include <algorithm>
#include <set>

#include "client/lib/work.h"
#include "crypto/hpke.h"
#include "crypto/oprf.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

constexpr size_t kTagsACall = 16;

bool Fits(const format::Person& person, v1::ReleaseCondition condition, bool escrow) {
  switch (condition) {
    case v1::RELEASE_CONDITION_ASSIGNED:
      return !escrow && person.HasRole(format::Role::kInvestigator);
    case v1::RELEASE_CONDITION_MATCHED:
      return escrow && person.HasRole(format::Role::kInvestigator);
    case v1::RELEASE_CONDITION_LAPSED:
      return person.HasRole(format::Role::kEscalation);
    case v1::RELEASE_CONDITION_FALLBACK:
      return person.HasRole(format::Role::kFallback) && person.outside;
    default:
      return false;
  }
}

absl::StatusOr<PlannedReader> CheckReader(const format::Directory& directory, const std::set<std::string>& named,
                                          const std::vector<std::string>& struck_out, const v1::Reader& reader) {
  ALCOVE_CLIENT_ASSIGN(const crypto::EncryptionKey key, ReaderKey(directory, reader));
  ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(reader.staff()));
  if (named.contains(slug)) return Refuse(Refusal::kReaderNamed, slug);
  if (std::find(struck_out.begin(), struck_out.end(), slug) != struck_out.end()) {
    return Refuse(Refusal::kReaderStruckOut, slug);
  }
  const format::Person* person = directory.FindPerson(slug);
  return PlannedReader{slug, person->name, reader.purpose(), reader.condition(), key};
}

}  // namespace

std::set<std::string> NamedSlugs(const format::Directory& directory, const std::vector<NamedPerson>& people) {
  std::set<std::string> slugs;
  for (const NamedPerson& person : people) {
    if (person.identifier) {
      for (const format::Person* known : format::Recognise(directory, *person.identifier)) slugs.insert(known->slug);
    }
    if (person.tag) {
      for (const format::Person* known : format::Recognise(directory, *person.tag)) slugs.insert(known->slug);
    }
  }
  return slugs;
}

NamedPerson ParsePerson(std::string_view text) {
  NamedPerson person;
  auto identifier = format::Identifier::Parse(text);
  if (!identifier.ok() && text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos) {
    identifier = format::Identifier::OfMail(text);
  }
  // People type the number as it stands on their badge. Taking it for a name would let its bearer be asked about the report.
  if (!identifier.ok() && text.find(' ') == std::string_view::npos &&
      text.find_first_of("0123456789") != std::string_view::npos) {
    identifier = format::Identifier::OfStaffNumber(text);
  }
  if (identifier.ok()) {
    person.identifier = *std::move(identifier);
  } else {
    person.name = std::string(text);
  }
  return person;
}

absl::StatusOr<std::optional<v1::Work>> PayWork(Connection& connection, uint32_t price) {
  ALCOVE_CLIENT_ASSIGN(const v1::CreateWorkChallengeResponse challenge,
                       connection.CallAgain(&v1::IntakeService::Stub::CreateWorkChallenge, v1::CreateWorkChallengeRequest()));
  if (challenge.price() == 0 && price == 0) return std::optional<v1::Work>();
  ALCOVE_CLIENT_ASSIGN(v1::Work work, SolveWork(challenge.challenge(), challenge.price()));
  return std::optional<v1::Work>(std::move(work));
}

absl::Status ComputeTags(Connection& connection, const v1::GetIntakeResponse& limits,
                         const std::vector<NamedPerson*>& people, crypto::Random& random) {
  std::vector<NamedPerson*> open;
  for (NamedPerson* person : people) {
    if (person->identifier && !person->tag) open.push_back(person);
  }
  for (size_t begin = 0; begin < open.size(); begin += kTagsACall) {
    const size_t end = std::min(begin + kTagsACall, open.size());
    std::vector<crypto::OprfBlinded> blinded;
    v1::EvaluateTagsRequest request;
    for (size_t i = begin; i < end; ++i) {
      auto one = crypto::Blind(open[i]->identifier->text(), random);
      if (!one.ok()) return Refuse(Refusal::kInputInvalid, "an identifier cannot be used");
      request.add_blinded(one->blinded.str());
      blinded.push_back(*std::move(one));
    }
    ALCOVE_CLIENT_ASSIGN(const v1::EvaluateTagsResponse answer,
                         CallPaid(connection, &v1::IntakeService::Stub::EvaluateTags, request, limits.work_price()));
    if (!limits.tag_key_id().empty() && answer.tag_key_id() != limits.tag_key_id()) return Refuse(Refusal::kTagKeyChanged, "another tag key answered");
    if (static_cast<size_t>(answer.evaluated_size()) != end - begin) {
      return Refuse(Refusal::kAnswerMalformed, "not one tag for each person");
    }
    for (size_t i = begin; i < end; ++i) {
      const auto element = crypto::RistrettoPoint::FromBytes(answer.evaluated(static_cast<int>(i - begin)));
      if (!element.ok()) return Refuse(Refusal::kAnswerMalformed, "a tag is not one");
      auto tag = crypto::Finalize(open[i]->identifier->text(), blinded[i - begin].blind, *element);
      if (!tag.ok()) return Refuse(Refusal::kAnswerMalformed, "a tag is not one");
      open[i]->tag = *tag;
    }
  }
  return absl::OkStatus();
}

absl::Status TagEverybody(Connection& connection, std::vector<NamedPerson>& people, crypto::Random& random) {
  std::vector<NamedPerson*> named;
  for (NamedPerson& person : people) {
    if (!person.identifier) {
      return Refuse(Refusal::kInputInvalid, "`" + person.name + "` is neither a staff number nor a work address");
    }
    named.push_back(&person);
  }
  ALCOVE_CLIENT_ASSIGN(const v1::GetIntakeResponse limits,
                       connection.CallAgain(&v1::IntakeService::Stub::GetIntake, v1::GetIntakeRequest()));
  return ComputeTags(connection, limits, named, random);
}

absl::StatusOr<std::string> SlugOf(std::string_view name) {
  auto slug = format::ParseStaffName(name);
  if (!slug.ok()) return Refuse(Refusal::kAnswerMalformed, "a person's name in it is not one");
  return slug;
}

absl::StatusOr<crypto::EncryptionKey> ReaderKey(const format::Directory& directory, const v1::Reader& reader) {
  ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(reader.staff()));
  const auto key_id = crypto::KeyId::FromBytes(reader.key_id());
  if (!key_id.ok()) return Refuse(Refusal::kAnswerMalformed, "a key id in it is not one");
  const auto found = FindDevice(directory, *key_id);
  if (!found || crypto::KeyIdOf(found->device->encryption) != *key_id) {
    // The person may be listed with other keys: then somebody offers a key of their own under a known name.
    return directory.FindPerson(slug) != nullptr ? Refuse(Refusal::kReaderKeySwapped, slug)
                                                 : Refuse(Refusal::kReaderNotInDirectory, slug);
  }
  if (found->person->slug != slug) return Refuse(Refusal::kReaderKeySwapped, slug);
  if (!crypto::UsableKey(found->device->encryption).ok()) return Refuse(Refusal::kReaderKeyWeak, slug);
  return found->device->encryption;
}

absl::StatusOr<CheckedPlan> CheckPlan(const CheckedDirectory& directory, const PlanInput& input,
                                      const v1::PlanReportResponse& response) {
  CheckedPlan plan;
  plan.plan = response.plan();
  plan.case_name = response.case_();
  plan.directory_version = response.directory_version();
  plan.custodian_threshold = response.custodian_threshold();
  if (response.employment_proof() != v1::EMPLOYMENT_PROOF_POLICY_UNSPECIFIED) plan.employment_proof = response.employment_proof();
  if (!format::ParseCaseName(plan.case_name).ok()) return Refuse(Refusal::kAnswerMalformed, "the case's name is not one");

  std::vector<NamedPerson> everybody = input.subjects;
  everybody.insert(everybody.end(), input.keep_out.begin(), input.keep_out.end());
  const std::set<std::string> named = NamedSlugs(directory.directory(), everybody);
  std::set<crypto::KeyId> seen;
  bool fallback = false;
  for (const v1::Reader& reader : response.readers()) {
    ALCOVE_CLIENT_ASSIGN(PlannedReader checked,
                         CheckReader(directory.directory(), named, input.struck_out, reader));
    if (!Fits(*directory.Find(checked.slug), checked.condition, input.escrow)) {
      return Refuse(Refusal::kReaderNotInDirectory, checked.slug + " does not have the role that the plan gives them");
    }
    if (!seen.insert(crypto::KeyIdOf(checked.key)).second) {
      return Refuse(Refusal::kAnswerMalformed, "a reader stands twice");
    }
    fallback = fallback || checked.condition == v1::RELEASE_CONDITION_FALLBACK;
    plan.readers.push_back(std::move(checked));
  }
  if (!fallback) return Refuse(Refusal::kPlanWithoutFallback, "no fallback");
  for (const v1::Reader& reader : response.custodians()) {
    ALCOVE_CLIENT_ASSIGN(PlannedReader checked, CheckReader(directory.directory(), named, {}, reader));
    if (!directory.Find(checked.slug)->HasRole(format::Role::kCustodian)) {
      return Refuse(Refusal::kReaderNotInDirectory, checked.slug + " is no custodian");
    }
    plan.custodians.push_back(std::move(checked));
  }
  if (!plan.custodians.empty() && (plan.custodian_threshold < 2 || plan.custodian_threshold > plan.custodians.size())) {
    return Refuse(Refusal::kAnswerMalformed, "fewer than two custodians would open an identity");
  }

  const auto unknown = [&](const auto& positions, const std::vector<NamedPerson>& people) -> absl::Status {
    std::vector<const NamedPerson*> tagged;
    for (const NamedPerson& person : people) {
      if (person.tag) tagged.push_back(&person);
    }
    for (const uint32_t position : positions) {
      if (position >= tagged.size()) return Refuse(Refusal::kAnswerMalformed, "it speaks of a person who was not named");
      plan.unknown.push_back(tagged[position]->identifier->text());
    }
    return absl::OkStatus();
  };
  ALCOVE_CLIENT_TRY(unknown(response.unknown_subjects(), input.subjects));
  ALCOVE_CLIENT_TRY(unknown(response.unknown_keep_out(), input.keep_out));
  for (const auto* list : {&input.subjects, &input.keep_out}) {
    for (const NamedPerson& person : *list) plan.name_only = plan.name_only || !person.identifier;
  }
  // A number that nobody known has protects no better than a name.
  plan.name_only = plan.name_only || !plan.unknown.empty();
  return plan;
}

absl::StatusOr<CheckedPlan> RequestPlan(Connection& connection, const CheckedDirectory& directory, uint32_t price,
                                        const PlanInput& input) {
  v1::PlanReportRequest request;
  *request.mutable_facts() = input.facts;
  for (const NamedPerson& person : input.subjects) {
    if (person.tag) request.add_subjects(person.tag->str());
  }
  for (const NamedPerson& person : input.keep_out) {
    if (person.tag) request.add_keep_out(person.tag->str());
  }
  for (const std::string& slug : input.struck_out) request.add_struck_out(format::StaffName(slug));
  request.set_escrow(input.escrow);
  ALCOVE_CLIENT_ASSIGN(const v1::PlanReportResponse response,
                       CallPaid(connection, &v1::IntakeService::Stub::PlanReport, request, price));
  return CheckPlan(directory, input, response);
}

}  // namespace alcove::client
