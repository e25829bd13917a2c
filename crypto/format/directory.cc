#include "crypto/format/directory.h"

#include <algorithm>
#include <set>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/sign.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"
#include "crypto/format/roots.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "directory";
constexpr std::string_view kFirstLine = "alcove.directory.v1";
constexpr size_t kMaxDesks = 64;
constexpr size_t kMaxPeople = 1000;
constexpr size_t kMaxDevices = 2;
constexpr size_t kMaxAliases = 8;
constexpr size_t kRoles = 11;
constexpr size_t kMaxTokenKeys = 4;
constexpr uint32_t kMaxVersion = 0x7fffffff;

constexpr std::string_view kRoleNames[kRoles] = {"investigator", "administrator", "custodian", "protection_officer",
                                                 "auditor",      "escalation",    "fallback",  "approver",
                                                 "service_directory", "service_actions", "service_tokens"};

// Ascending, each once.
template <class Range, class Key>
bool Ascending(const Range& range, Key key) {
  for (size_t i = 1; i < range.size(); ++i) {
    if (!(key(range[i - 1]) < key(range[i]))) return false;
  }
  return true;
}

absl::Status CheckPerson(const Directory& directory, const Person& person) {
  if (!IsSlug(person.slug)) return Malformed(kLayout, "slug of a person");
  if (!IsDisplayName(person.name)) return Malformed(kLayout, "name of " + person.slug);
  if (person.devices.empty() || person.devices.size() > kMaxDevices) {
    return Malformed(kLayout, "number of devices of " + person.slug);
  }
  for (const Device& device : person.devices) {
    if (!crypto::UsableKey(device.encryption).ok() || !crypto::UsableKey(device.signing).ok()) {
      return Malformed(kLayout, "key of " + person.slug);
    }
  }
  if (!Ascending(person.roles, [](Role role) { return role; })) return Malformed(kLayout, "roles of " + person.slug);
  const auto of_service = [](Role role) { return !ScopeOf(role).empty(); };
  const bool service = std::any_of(person.roles.begin(), person.roles.end(), of_service);
  if (service && (!std::all_of(person.roles.begin(), person.roles.end(), of_service) || !person.desks.empty())) {
    return Malformed(kLayout, "service account with other roles: " + person.slug);
  }
  if (!Ascending(person.desks, [](const std::string& desk) { return std::string_view(desk); })) {
    return Malformed(kLayout, "desks of " + person.slug);
  }
  for (const std::string& desk : person.desks) {
    if (directory.FindDesk(desk) == nullptr) return Malformed(kLayout, "desk of " + person.slug);
  }
  if (person.aliases.size() > kMaxAliases ||
      !Ascending(person.aliases, [](const PersonAlias& alias) { return alias.identifier.view(); })) {
    return Malformed(kLayout, "aliases of " + person.slug);
  }
  return absl::OkStatus();
}

absl::Status CheckTokenKeys(const Directory& d) {
  // Two kinds and two quarters leave room for four.
  if (!Ascending(d.token_keys, [](const TokenKey& key) { return std::make_pair(key.kind, key.quarter); })) {
    return Malformed(kLayout, "order of token keys");
  }
  for (const TokenKey& key : d.token_keys) {
    if (!IsTokenKind(static_cast<uint8_t>(key.kind)) || !IsTimely(key, d.valid_from)) {
      return Malformed(kLayout, "kind or quarter of a token key");
    }
    if (!crypto::UsableKey(key.key).ok()) return Malformed(kLayout, "token key");
  }
  return absl::OkStatus();
}

absl::Status CheckDirectory(const Directory& d) {
  if (d.version < 1 || d.version > kMaxVersion) return Malformed(kLayout, "version");
  if (d.previous.IsZero() != (d.version == 1)) return Malformed(kLayout, "hash of the previous version");
  if (d.valid_until.number() > Day::kMax || d.valid_until < d.valid_from ||
      d.valid_until.DaysSince(d.valid_from) > kDirectoryMaxDays) {
    return Malformed(kLayout, "days of validity");
  }
  if (auto status = internal::CheckRoots(kLayout, d.next_roots); !status.ok()) return status;
  if (!crypto::UsableKey(d.log_key).ok()) return Malformed(kLayout, "log key");
  if (auto status = CheckTokenKeys(d); !status.ok()) return status;
  if (d.desks.size() > kMaxDesks || !Ascending(d.desks, [](const Desk& desk) { return std::string_view(desk.slug); })) {
    return Malformed(kLayout, "desks");
  }
  for (const Desk& desk : d.desks) {
    if (!IsSlug(desk.slug) || !IsDisplayName(desk.name)) return Malformed(kLayout, "desk");
  }
  if (d.people.size() > kMaxPeople ||
      !Ascending(d.people, [](const Person& person) { return std::string_view(person.slug); })) {
    return Malformed(kLayout, "order of people");
  }
  // One key in two places would make two people one, or let a signature made as staff count as a root's.
  std::set<BytesView> keys;
  bool unique = keys.insert(d.log_key.view()).second;
  for (const RootKey& root : d.next_roots.keys) unique = keys.insert(root.key.view()).second && unique;
  for (const TokenKey& token : d.token_keys) unique = keys.insert(token.key.view()).second && unique;
  for (const Person& person : d.people) {
    if (auto status = CheckPerson(d, person); !status.ok()) return status;
    for (const Device& device : person.devices) {
      unique = keys.insert(device.encryption.view()).second && unique;
      unique = keys.insert(device.signing.view()).second && unique;
    }
  }
  if (!unique) return Malformed(kLayout, "key that stands twice");
  return absl::OkStatus();
}

std::optional<Day> TakeDay(internal::LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  auto day = Day::FromText(*value);
  if (!day.ok()) return std::nullopt;
  return *day;
}

// The lines after `person`.
bool TakePerson(internal::LineReader& lines, Person* person) {
  auto name = lines.Take("name");
  if (!name) return false;
  person->name = std::string(*name);
  person->outside = lines.TakeBare("outside");
  while (auto value = lines.Take("device")) {
    auto parts = internal::Two(*value);
    if (!parts || person->devices.size() == kMaxDevices) return false;
    auto encryption = internal::FixedFromBase64<EncryptionKey>(parts->first);
    auto signing = internal::FixedFromBase64<VerifyKey>(parts->second);
    if (!encryption || !signing) return false;
    person->devices.push_back({.encryption = *encryption, .signing = *signing});
  }
  while (auto value = lines.Take("role")) {
    auto role = RoleFromText(*value);
    if (!role.ok() || person->roles.size() == kRoles) return false;
    person->roles.push_back(*role);
  }
  while (auto value = lines.Take("member")) {
    if (person->desks.size() == kMaxDesks) return false;
    person->desks.emplace_back(*value);
  }
  while (auto value = lines.Take("alias")) {
    auto parts = internal::Two(*value);
    if (!parts || person->aliases.size() == kMaxAliases) return false;
    auto identifier = internal::FixedFromBase64<Digest>(parts->first);
    auto tag = internal::FixedFromBase64<Digest>(parts->second);
    if (!identifier || !tag) return false;
    person->aliases.push_back({.identifier = *identifier, .tag = *tag});
  }
  return true;
}

// Reads the lines; the rules between them are CheckDirectory's.
bool TakeDirectory(internal::LineReader& lines, Directory* d) {
  if (!lines.TakeBare(kFirstLine)) return false;
  auto organisation = lines.Take("organisation");
  if (!organisation) return false;
  auto id = FromText<OrganisationId>(*organisation);
  if (!id.ok()) return false;
  d->organisation = *id;
  auto version = lines.Take("version");
  if (!version) return false;
  auto number = internal::Number(*version, kMaxVersion);
  if (!number) return false;
  d->version = static_cast<uint32_t>(*number);
  auto previous = lines.Take("previous");
  if (!previous) return false;
  if (*previous != "-") {
    auto hash = internal::FixedFromBase64<Digest>(*previous);
    if (!hash) return false;
    d->previous = *hash;
  }
  auto from = TakeDay(lines, "valid-from");
  if (!from) return false;
  auto until = TakeDay(lines, "valid-until");
  if (!until) return false;
  d->valid_from = *from;
  d->valid_until = *until;
  if (!internal::TakeRoots(lines, &d->next_roots)) return false;
  auto log = lines.Take("log");
  if (!log) return false;
  auto log_key = internal::FixedFromBase64<VerifyKey>(*log);
  if (!log_key) return false;
  d->log_key = *log_key;
  auto salt_text = lines.Take("salt");
  if (!salt_text) return false;
  auto salt = internal::FixedFromBase64<AliasSalt>(*salt_text);
  if (!salt) return false;
  d->salt = *salt;
  while (auto value = lines.Take("token-key")) {
    auto key = TokenKeyFromText(*value);
    if (!key.ok() || d->token_keys.size() == kMaxTokenKeys) return false;
    d->token_keys.push_back(*key);
  }
  while (auto value = lines.Take("desk")) {
    auto parts = internal::Two(*value);
    if (!parts || d->desks.size() == kMaxDesks) return false;
    d->desks.push_back({.slug = std::string(parts->first), .name = std::string(parts->second)});
  }
  while (auto value = lines.Take("person")) {
    if (d->people.size() == kMaxPeople) return false;
    Person person;
    person.slug = std::string(*value);
    if (!TakePerson(lines, &person)) return false;
    d->people.push_back(std::move(person));
  }
  return lines.done();
}

}  // namespace

std::string_view Name(Role role) { return kRoleNames[static_cast<uint8_t>(role) - 1]; }

std::string TokenKeyText(const TokenKey& key) {
  return std::string(WordOf(key.kind)) + " " + key.quarter.Text() + " " + crypto::Base64Encode(key.key.view());
}

absl::StatusOr<TokenKey> TokenKeyFromText(std::string_view text) {
  auto word = internal::Two(text);
  auto parts = word ? internal::Two(word->second) : std::nullopt;
  if (!parts) return Malformed(kLayout, "token key");
  auto kind = TokenKindFromWord(word->first);
  auto quarter = Quarter::FromText(parts->first);
  auto key = internal::FixedFromBase64<crypto::VoprfPublicKey>(parts->second);
  if (!kind.ok() || !quarter.ok() || !key) return Malformed(kLayout, "token key");
  return TokenKey{.kind = *kind, .quarter = *quarter, .key = *key};
}

std::string_view ScopeOf(Role role) {
  switch (role) {
    case Role::kServiceDirectory: return "directory";
    case Role::kServiceActions: return "actions";
    case Role::kServiceTokens: return "tokens";
    default: return "";
  }
}

absl::StatusOr<Role> RoleFromText(std::string_view text) {
  for (size_t i = 0; i < kRoles; ++i) {
    if (kRoleNames[i] == text) return static_cast<Role>(i + 1);
  }
  return Malformed(kLayout, "role");
}

bool Person::HasRole(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

const Person* Directory::FindPerson(std::string_view slug) const {
  auto found = std::lower_bound(people.begin(), people.end(), slug,
                                [](const Person& person, std::string_view wanted) { return person.slug < wanted; });
  return found != people.end() && found->slug == slug ? &*found : nullptr;
}

const Desk* Directory::FindDesk(std::string_view slug) const {
  auto found = std::find_if(desks.begin(), desks.end(), [slug](const Desk& desk) { return desk.slug == slug; });
  return found != desks.end() ? &*found : nullptr;
}

const TokenKey* Directory::FindTokenKey(TokenKind kind, Quarter quarter) const {
  auto found = std::find_if(token_keys.begin(), token_keys.end(),
                            [&](const TokenKey& key) { return key.kind == kind && key.quarter == quarter; });
  return found != token_keys.end() ? &*found : nullptr;
}

bool IsTimely(const TokenKey& key, Day valid_from) {
  const Quarter first = Quarter::Of(valid_from);
  return key.quarter.valid() && (key.quarter == first || key.quarter == first.Next());
}

const Person* Directory::PersonOfKey(const KeyId& key) const {
  for (const Person& person : people) {
    for (const Device& device : person.devices) {
      if (crypto::KeyIdOf(device.encryption) == key || crypto::KeyIdOf(device.signing) == key) return &person;
    }
  }
  return nullptr;
}

absl::StatusOr<std::string> DirectoryText(const Directory& d) {
  if (auto status = CheckDirectory(d); !status.ok()) return status;
  std::string text = std::string(kFirstLine) + "\norganisation " + Text(d.organisation) + "\nversion " +
                     std::to_string(d.version) + "\nprevious " +
                     (d.version == 1 ? "-" : crypto::Base64Encode(d.previous.view())) + "\nvalid-from " +
                     d.valid_from.Text() + "\nvalid-until " + d.valid_until.Text() + "\n";
  internal::AppendRoots(d.next_roots, &text);
  text += "log " + crypto::Base64Encode(d.log_key.view()) + "\nsalt " + crypto::Base64Encode(d.salt.view()) + "\n";
  for (const TokenKey& token : d.token_keys) {
    text += "token-key " + TokenKeyText(token) + "\n";
  }
  for (const Desk& desk : d.desks) text += "desk " + desk.slug + " " + desk.name + "\n";
  for (const Person& person : d.people) {
    text += "person " + person.slug + "\nname " + person.name + "\n";
    if (person.outside) text += "outside\n";
    for (const Device& device : person.devices) {
      text += "device " + crypto::Base64Encode(device.encryption.view()) + " " +
              crypto::Base64Encode(device.signing.view()) + "\n";
    }
    for (Role role : person.roles) text += "role " + std::string(Name(role)) + "\n";
    for (const std::string& desk : person.desks) text += "member " + desk + "\n";
    for (const PersonAlias& alias : person.aliases) {
      text += "alias " + crypto::Base64Encode(alias.identifier.view()) + " " + crypto::Base64Encode(alias.tag.view()) + "\n";
    }
  }
  if (text.size() > kMaxDirectorySize) return Malformed(kLayout, "length");
  return text;
}

absl::StatusOr<Directory> ParseDirectoryText(std::string_view text) {
  if (text.size() > kMaxDirectorySize) return Malformed(kLayout, "length");
  internal::LineReader lines(kLayout, text);
  Directory directory;
  if (!TakeDirectory(lines, &directory)) return lines.Fail();
  auto canonical = DirectoryText(directory);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kLayout, "form");
  return directory;
}

absl::StatusOr<DirectoryNote> ParseDirectoryNote(BytesView bytes) {
  auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return Malformed(kLayout, "note");
  auto directory = ParseDirectoryText(note->text);
  if (!directory.ok()) return directory.status();
  Digest hash = crypto::Sha256(note->text);
  return DirectoryNote{.directory = std::move(*directory), .note = std::move(*note), .hash = hash};
}

absl::Status CheckFirst(const OrganisationFile& file, const DirectoryNote& offered) {
  if (offered.directory.organisation != file.id) return OtherOrganisation(kLayout);
  return CheckRootSignatures(kLayout, offered.note, file.roots);
}

absl::Status CheckNext(const DirectoryNote& current, const DirectoryNote& next) {
  if (next.directory.organisation != current.directory.organisation) return OtherOrganisation(kLayout);
  if (next.directory.version < current.directory.version) return Older(kLayout);
  if (next.directory.version == current.directory.version) {
    return next.hash == current.hash ? absl::OkStatus() : Forked(kLayout);
  }
  if (next.directory.version != current.directory.version + 1) return VersionGap(kLayout);
  if (next.directory.previous != current.hash) return Forked(kLayout);
  return CheckRootSignatures(kLayout, next.note, current.directory.next_roots);
}

absl::Status CheckValid(const Directory& directory, Day today) {
  if (today < directory.valid_from || today > directory.valid_until) return Expired(kLayout);
  return absl::OkStatus();
}

absl::Status AcceptDirectory(const OrganisationFile& file, const DirectoryNote* remembered, const DirectoryNote& offered,
                             Day today) {
  if (offered.directory.organisation != file.id) return OtherOrganisation(kLayout);
  auto vouched = remembered == nullptr ? CheckFirst(file, offered) : CheckNext(*remembered, offered);
  if (!vouched.ok()) return vouched;
  return CheckValid(offered.directory, today);
}

int64_t DaysLeft(const Directory& directory, Day today) { return directory.valid_until.DaysSince(today); }

std::vector<const Person*> Recognise(const Directory& directory, const Identifier& identifier) {
  Digest wanted = IdentifierAlias(directory.salt, identifier);
  std::vector<const Person*> found;
  for (const Person& person : directory.people) {
    for (const PersonAlias& alias : person.aliases) {
      if (alias.identifier == wanted) found.push_back(&person);
    }
  }
  return found;
}

std::vector<const Person*> Recognise(const Directory& directory, const SubjectTag& tag) {
  Digest wanted = TagAlias(directory.salt, tag);
  std::vector<const Person*> found;
  for (const Person& person : directory.people) {
    for (const PersonAlias& alias : person.aliases) {
      if (alias.tag == wanted && (found.empty() || found.back() != &person)) found.push_back(&person);
    }
  }
  return found;
}

}  // namespace alcove::format
