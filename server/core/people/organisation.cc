#include "server/core/people/organisation.h"

#include <algorithm>
#include <set>

#include "crypto/format/tag.h"
#include "server/core/base/errors.h"

namespace alcove::people {
namespace {

template <class Parsed>
absl::Status ParseInto(const std::map<Document, PublishedPolicy>& policies, Document document,
                       std::optional<Parsed>& parsed) {
  const auto found = policies.find(document);
  if (found == policies.end()) return absl::OkStatus();
  absl::StatusOr<Parsed> value = Parsed::Parse(found->second.body);
  if (!value.ok()) return value.status();
  parsed = *std::move(value);
  return absl::OkStatus();
}

absl::StatusOr<Person> PersonOf(const format::Person& line) {
  Person person;
  absl::StatusOr<base::StaffSlug> slug = base::StaffSlug::Parse(line.slug);
  if (!slug.ok()) return slug.status();
  person.slug = *std::move(slug);
  person.display_name = line.name;
  person.outside = line.outside;
  person.certificates = line.certificates;
  person.roles = line.roles;
  person.desks = line.desks;
  for (const format::Device& device : line.devices)
    person.devices.push_back(
        {device.encryption, device.signing, crypto::KeyIdOf(device.encryption), crypto::KeyIdOf(device.signing)});
  for (const format::PersonAlias& alias : line.aliases) person.tags.push_back(alias.tag);
  return person;
}

}  // namespace

bool Person::Has(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

bool Person::SitsAt(std::string_view desk) const { return std::find(desks.begin(), desks.end(), desk) != desks.end(); }

bool Person::IsNamedBy(const TagHash& tag) const { return std::find(tags.begin(), tags.end(), tag) != tags.end(); }

bool SamePerson(const Person& one, const Person& other) {
  if (one.slug == other.slug) return true;
  return std::any_of(one.employees.begin(), one.employees.end(), [&](EmployeeIndex employee) {
    return std::find(other.employees.begin(), other.employees.end(), employee) != other.employees.end();
  });
}

const Device* Person::DeviceOf(const crypto::KeyId& encryption_key_id) const {
  for (const Device& device : devices)
    if (device.encryption_key_id == encryption_key_id) return &device;
  return nullptr;
}

absl::StatusOr<OrganisationPtr> Organisation::Build(Parts parts) {
  std::shared_ptr<Organisation> built(new Organisation());
  Organisation& organisation = *built;
  organisation.parts_ = std::move(parts);
  auto& policies = organisation.parts_.policies;
  if (organisation.parts_.chart == nullptr) organisation.parts_.chart = std::make_shared<const Chart>();

  if (absl::Status status = organisation.IndexPeople(); !status.ok()) return status;
  organisation.FindPeopleInChart();
  for (auto& [document, policy] : policies) {
    absl::StatusOr<format::PolicyNote> note = format::ParsePolicyNote(policy.note);
    if (!note.ok()) return note.status();
    policy.version = note->policy.version;
    policy.body = note->policy.body;
    policy.vouched =
        organisation.directory() != nullptr &&
        format::CheckPolicy(*note, organisation.parts_.id, organisation.directory()->next_roots).ok();
  }
  if (absl::Status status = ParseInto(policies, Document::kForm, organisation.form_); !status.ok()) return status;
  if (absl::Status status = ParseInto(policies, Document::kTaxonomy, organisation.taxonomy_); !status.ok())
    return status;
  if (absl::Status status = ParseInto(policies, Document::kProfiles, organisation.profiles_); !status.ok())
    return status;
  if (absl::Status status = ParseInto(policies, Document::kRouting, organisation.routing_); !status.ok()) return status;
  std::optional<Safeguards> safeguards;
  if (absl::Status status = ParseInto(policies, Document::kSafeguards, safeguards); !status.ok()) return status;
  if (safeguards) organisation.safeguards_ = *safeguards;
  return built;
}

absl::Status Organisation::IndexPeople() {
  if (directory() == nullptr) return absl::OkStatus();
  for (const format::Person& line : directory()->people) {
    absl::StatusOr<Person> person = PersonOf(line);
    if (!person.ok()) return person.status();
    const std::size_t position = people_.size();
    by_slug_.emplace(person->slug.text(), position);
    for (std::size_t i = 0; i < person->devices.size(); ++i) {
      by_encryption_key_.emplace(person->devices[i].encryption_key_id, position);
      by_verify_key_.emplace(person->devices[i].verify_key_id, std::make_pair(position, i));
    }
    for (const crypto::Digest& certificate : person->certificates) by_certificate_.emplace(certificate, position);
    for (const TagHash& tag : person->tags) by_tag_[tag].push_back(position);
    people_.push_back(*std::move(person));
  }
  return absl::OkStatus();
}

void Organisation::FindPeopleInChart() {
  std::set<EmployeeIndex> administrators, watchers;
  for (Person& person : people_) {
    for (const TagHash& tag : person.tags)
      if (const std::optional<EmployeeIndex> found = chart().Find(tag);
          found && std::find(person.employees.begin(), person.employees.end(), *found) == person.employees.end())
        person.employees.push_back(*found);
    person.administers = person.Has(Role::kAdministrator);
    person.watches = person.Has(Role::kAuditor) || person.Has(Role::kProtectionOfficer);
    if (person.administers) administrators.insert(person.employees.begin(), person.employees.end());
    if (person.watches) watchers.insert(person.employees.begin(), person.employees.end());
  }
  for (Person& person : people_) {
    for (EmployeeIndex employee : person.employees) {
      person.administers = person.administers || administrators.contains(employee);
      person.watches = person.watches || watchers.contains(employee);
    }
  }
}

bool Organisation::DirectoryValidOn(base::Day day) const {
  return directory() != nullptr && format::CheckValid(*directory(), day).ok();
}

const Person* Organisation::FindPerson(const base::StaffSlug& slug) const {
  const auto found = by_slug_.find(slug.text());
  return found == by_slug_.end() ? nullptr : &people_[found->second];
}

const Person* Organisation::FindByEncryptionKey(const crypto::KeyId& id) const {
  const auto found = by_encryption_key_.find(id);
  return found == by_encryption_key_.end() ? nullptr : &people_[found->second];
}

const Person* Organisation::FindByCertificate(const crypto::Digest& certificate) const {
  const auto found = by_certificate_.find(certificate);
  return found == by_certificate_.end() ? nullptr : &people_[found->second];
}

std::optional<Organisation::Signer> Organisation::FindByVerifyKey(const crypto::KeyId& id) const {
  const auto found = by_verify_key_.find(id);
  if (found == by_verify_key_.end()) return std::nullopt;
  const Person& person = people_[found->second.first];
  return Signer{&person, &person.devices[found->second.second]};
}

bool Organisation::HasDesk(std::string_view slug) const {
  return directory() != nullptr && directory()->FindDesk(slug) != nullptr;
}

std::vector<const Person*> Organisation::MembersOf(std::string_view desk) const {
  std::vector<const Person*> members;
  for (const Person& person : people_)
    if (person.SitsAt(desk) && person.Has(Role::kInvestigator)) members.push_back(&person);
  return members;
}

std::vector<const Person*> Organisation::With(Role role) const {
  std::vector<const Person*> holders;
  for (const Person& person : people_)
    if (person.Has(role)) holders.push_back(&person);
  return holders;
}

TagHash Organisation::HashTag(const crypto::SubjectTag& tag) const {
  return directory() == nullptr ? TagHash() : format::TagAlias(directory()->salt, tag);
}

std::vector<const Person*> Organisation::Recognise(const TagHash& tag) const {
  std::vector<const Person*> named;
  const auto found = by_tag_.find(tag);
  if (found == by_tag_.end()) return named;
  for (std::size_t position : found->second) named.push_back(&people_[position]);
  return named;
}

bool Organisation::Knows(const TagHash& tag) const { return by_tag_.contains(tag) || chart().Find(tag).has_value(); }

const PublishedPolicy* Organisation::policy(Document document) const {
  const auto found = parts_.policies.find(document);
  return found == parts_.policies.end() ? nullptr : &found->second;
}

std::uint32_t Organisation::policy_version(Document document) const {
  const PublishedPolicy* published = policy(document);
  return published == nullptr ? 0 : published->version;
}

}  // namespace alcove::people
