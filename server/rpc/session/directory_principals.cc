#include "server/rpc/session/directory_principals.h"

#include <algorithm>
#include <optional>

#include "server/core/base/errors.h"
#include "server/core/cases/mailbox.h"

namespace alcove::rpc {
namespace {

Principals::Standing StandingNow(const people::Person& person) {
  Principals::Standing standing{.administrator = person.Has(people::Role::kAdministrator),
                                .auditor = person.Has(people::Role::kAuditor),
                                .protection_officer = person.Has(people::Role::kProtectionOfficer)};
  for (const people::Role role : person.roles)
    if (const std::string_view scope = format::ScopeOf(role); !scope.empty()) standing.scopes.push_back(scope);
  return standing;
}

}  // namespace

absl::StatusOr<std::vector<crypto::VerifyKey>> DirectoryPrincipals::KeysOf(const Principal& principal) const {
  std::vector<crypto::VerifyKey> keys;
  keys.reserve(kMostKeys);
  if (principal.kind == Principal::Kind::kMailbox) {
    const absl::StatusOr<std::optional<crypto::VerifyKey>> key = cases::MailboxKey(core_.rows, principal.mailbox);
    if (!key.ok()) return key.status();
    // Put in and taken out again, so that an absent mailbox costs what one that exists does.
    keys.push_back(key->value_or(crypto::VerifyKey()));
    if (!*key) keys.clear();
  } else if (principal.kind == Principal::Kind::kStaff) {
    const people::OrganisationPtr organisation = core_.organisation.Get();
    if (const people::Person* person = organisation->FindPerson(principal.slug); person != nullptr) {
      for (const people::Device& device : person->devices)
        if (keys.size() < kMostKeys) keys.push_back(device.verify_key);
    }
  }
  return keys;
}

std::optional<Principals::Standing> DirectoryPrincipals::StandingOf(const Principal& principal,
                                                                    const crypto::VerifyKey& key) const {
  if (principal.kind == Principal::Kind::kMailbox) {
    // A session ends with the receipt that it was opened by. A store that cannot be read is core's to answer for.
    const absl::StatusOr<std::optional<crypto::VerifyKey>> now = cases::MailboxKey(core_.rows, principal.mailbox);
    if (now.ok() && *now != key) return std::nullopt;
    return Standing();
  }
  if (principal.kind != Principal::Kind::kStaff) return std::nullopt;
  const people::OrganisationPtr organisation = core_.organisation.Get();
  const people::Person* person = organisation->FindPerson(principal.slug);
  if (person == nullptr) return std::nullopt;
  const bool still_theirs = std::any_of(person->devices.begin(), person->devices.end(),
                                        [&](const people::Device& device) { return device.verify_key == key; });
  if (!still_theirs) return std::nullopt;
  return StandingNow(*person);
}

std::optional<Principals::Account> DirectoryPrincipals::AccountOf(const crypto::Digest& certificate) const {
  const people::OrganisationPtr organisation = core_.organisation.Get();
  const people::Person* person = organisation->FindByCertificate(certificate);
  if (person == nullptr) return std::nullopt;
  return Account{person->slug, StandingNow(*person)};
}

bool DirectoryPrincipals::Founding() const { return core_.organisation.Get()->directory_version() == 0; }

}  // namespace alcove::rpc
