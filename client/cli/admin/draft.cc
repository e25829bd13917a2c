#include "client/cli/admin/draft.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;
using Json = nlohmann::json;

absl::Status Wrong(const std::string& what) { return Refuse(Refusal::kInputInvalid, what); }

struct RosterLine {
  std::string slug;
  bool outside = false;
  std::vector<format::Role> roles;
  std::vector<std::string> desks;
};

struct Roster {
  int days = format::kDirectoryMaxDays;
  std::vector<format::Desk> desks;
  std::vector<RosterLine> people;
};

absl::StatusOr<RosterLine> ParseLine(const Json& json) {
  RosterLine line;
  line.slug = json.value("person", "");
  line.outside = json.value("outside", false);
  for (const std::string& word : json.value("roles", std::vector<std::string>{})) {
    const auto role = format::RoleFromText(word);
    if (!role.ok()) return Wrong("`" + word + "` is no role");
    line.roles.push_back(*role);
  }
  std::sort(line.roles.begin(), line.roles.end());
  line.desks = json.value("desks", std::vector<std::string>{});
  std::sort(line.desks.begin(), line.desks.end());
  return line;
}

absl::StatusOr<Roster> ParseRoster(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("people") || !json["people"].is_array()) {
    return Wrong("the roster is not a JSON object with `people`");
  }
  Roster roster;
  try {
    roster.days = json.value("days", format::kDirectoryMaxDays);
    for (const auto& [slug, name] : json.value("desks", std::map<std::string, std::string>{})) {
      roster.desks.push_back({slug, name});
    }
    for (const Json& person : json["people"]) {
      ALCOVE_CLIENT_ASSIGN(RosterLine line, ParseLine(person));
      roster.people.push_back(std::move(line));
    }
  } catch (const Json::exception&) {
    return Wrong("a field of the roster is of the wrong type");
  }
  std::sort(roster.people.begin(), roster.people.end(),
            [](const RosterLine& a, const RosterLine& b) { return a.slug < b.slug; });
  return roster;
}

void AddAliases(format::Person& person, const client::Enrolment& enrolment, const format::AliasSalt& salt) {
  for (const auto& [identifier, tag] : enrolment.identifiers) {
    const format::PersonAlias alias{format::IdentifierAlias(salt, identifier), format::TagAlias(salt, tag)};
    if (std::find(person.aliases.begin(), person.aliases.end(), alias) == person.aliases.end()) {
      person.aliases.push_back(alias);
    }
  }
  std::sort(person.aliases.begin(), person.aliases.end(),
            [](const auto& a, const auto& b) { return a.identifier.view() < b.identifier.view(); });
}

absl::StatusOr<format::Person> DraftPerson(const RosterLine& line, const format::Directory* previous,
                                           const std::vector<client::Enrolment>& enrolments,
                                           const std::vector<RetiredMachine>& retired,
                                           const format::AliasSalt& salt) {
  format::Person person;
  const format::Person* before = previous == nullptr ? nullptr : previous->FindPerson(line.slug);
  if (before != nullptr) person = *before;
  for (const RetiredMachine& machine : retired) {
    if (machine.slug != line.slug) continue;
    const auto gone = std::erase_if(person.devices, [&](const format::Device& device) {
      return client::FingerprintOf(device.signing) == machine.fingerprint;
    });
    if (gone == 0) return Wrong("`" + machine.slug + "` has no machine with the fingerprint " + machine.fingerprint);
  }
  person.slug = line.slug;
  person.outside = line.outside;
  person.roles = line.roles;
  person.desks = line.desks;
  for (const client::Enrolment& enrolment : enrolments) {
    if (enrolment.slug != line.slug) continue;
    person.name = enrolment.name;
    person.devices.push_back(enrolment.device);
    AddAliases(person, enrolment, salt);
  }
  if (person.devices.empty()) return Wrong("`" + line.slug + "` has no keys: an enrolment request is missing");
  return person;
}

// Keeps the order of the lines: by kind, then quarter.
void AnnounceTokenKey(format::Directory& directory, const format::TokenKey& key) {
  const auto place = [](const format::TokenKey& one) { return std::pair(one.kind, one.quarter); };
  auto at = std::find_if(directory.token_keys.begin(), directory.token_keys.end(),
                         [&](const format::TokenKey& other) { return place(other) >= place(key); });
  if (at != directory.token_keys.end() && place(*at) == place(key)) *at = key;
  else directory.token_keys.insert(at, key);
}

}  // namespace

absl::StatusOr<std::string> DraftDirectory(const DirectoryDraft& draft, crypto::Random& random) {
  ALCOVE_CLIENT_ASSIGN(const Roster roster, ParseRoster(draft.roster));
  const format::DirectoryNote* previous = draft.previous;
  format::Directory directory;
  directory.organisation = draft.organisation.id;
  if (previous != nullptr) {
    directory.version = previous->directory.version + 1;
    directory.previous = previous->hash;
    directory.next_roots = previous->directory.next_roots;
    directory.log_key = previous->directory.log_key;
    directory.salt = previous->directory.salt;
    // Those of quarters that are over are not announced again.
    for (const format::TokenKey& key : previous->directory.token_keys) {
      if (format::IsTimely(key, draft.today)) directory.token_keys.push_back(key);
    }
  } else {
    if (!draft.log_key) return Wrong("the first directory needs the server's log key: --log-key, as `alcoved init` printed it");
    directory.version = 1;
    directory.next_roots = draft.organisation.roots;
    directory.salt = *format::AliasSalt::FromBytes(random.Draw(format::AliasSalt::kSize));
  }
  for (const format::TokenKey& key : draft.token_keys) AnnounceTokenKey(directory, key);
  if (draft.log_key) directory.log_key = *draft.log_key;
  if (draft.next_roots) directory.next_roots = *draft.next_roots;
  directory.valid_from = draft.today;
  directory.valid_until = draft.today.PlusDays(roster.days);
  directory.desks = roster.desks;
  for (const client::Enrolment& enrolment : draft.enrolments) {
    if (enrolment.organisation != draft.organisation.id) return Wrong("the request of `" + enrolment.slug + "` is for another organisation");
    const bool listed = std::any_of(roster.people.begin(), roster.people.end(),
                                    [&](const RosterLine& line) { return line.slug == enrolment.slug; });
    if (!listed) return Wrong("`" + enrolment.slug + "` asks to be listed but is not in the roster");
  }
  for (const RetiredMachine& machine : draft.retired) {
    const bool listed = std::any_of(roster.people.begin(), roster.people.end(),
                                    [&](const RosterLine& line) { return line.slug == machine.slug; });
    if (!listed) return Wrong("`" + machine.slug + "` is not in the roster, so they have no machine");
  }
  for (const RosterLine& line : roster.people) {
    ALCOVE_CLIENT_ASSIGN(format::Person person,
                         DraftPerson(line, previous == nullptr ? nullptr : &previous->directory, draft.enrolments,
                                     draft.retired, directory.salt));
    directory.people.push_back(std::move(person));
  }
  const auto text = format::DirectoryText(directory);
  if (!text.ok()) return Wrong(std::string(text.status().message()));
  return *text;
}

}  // namespace alcove::cli
