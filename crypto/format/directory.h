// The directory: who holds which keys and roles, as a signed note of the organisation's root holders. Text, line based,
// one form only: Parse refuses whatever DirectoryText would not write.
//
//   alcove.directory.v1
//   organisation <id, 26 characters>
//   version <n>                                from 1
//   previous <base64 SHA-256 of the previous version's text | ->       `-` for version 1, and only there
//   valid-from <YYYY-MM-DD>
//   valid-until <YYYY-MM-DD>                   last valid day, at most 90 days after valid-from
//   root <slug> <base64 Ed25519 key>           1 to 16: who signs the NEXT version, and every policy while this one is current
//   threshold <t>                              how many of them must
//   log <base64 Ed25519 key>                   signs promises and checkpoints
//   salt <base64, 16 bytes>                    of the alias hashes (tag.h)
//   token-key <employment | escrow> <YYYY-Qn> <base64 ristretto255>    0 to 4, by kind, then quarter: issues tokens (token.h)
//   desk <slug> <display name>                 0 to 64, by slug
//   person <slug>                              0 to 1000, by slug; the lines that follow are that person's:
//     name <display name>
//     outside                                  only for people outside the organisation's chart
//     device <base64 X25519> <base64 Ed25519>  1 or 2
//     role <role>                              each once, in the order of enum Role
//     member <desk slug>                       each once, by slug
//     alias <base64 identifier hash> <base64 tag hash>    0 to 8, by identifier hash
//
// (Indented here for reading; the lines themselves begin at the margin.) "By slug" is ascending, each once. No key of
// any kind stands twice in the whole directory. Versions are signed thus: version 1 by t of the organisation file's
// roots; version n+1 by t of the roots that version n names. A token key is of the quarter of valid-from or of the next one.
//
// Errors: those of errors.h. Threads: any; a parsed directory is a value and immutable by convention.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/note.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/format/organisation.h"
#include "crypto/format/tag.h"
#include "crypto/format/token.h"

namespace alcove::format {

using crypto::EncryptionKey;
using crypto::KeyId;

enum class Role : uint8_t {
  kInvestigator = 1,
  kAdministrator = 2,
  kCustodian = 3,
  kProtectionOfficer = 4,
  kAuditor = 5,
  kEscalation = 6,
  kFallback = 7,
  kApprover = 8,
  // A service account of an HR system that may tell who works here. Whoever holds such a role is no person: they hold only
  // roles of this kind, at no desk.
  kServiceDirectory = 9,
  // One that asks before anything is done against an employee.
  kServiceActions = 10,
  // One that fetches employment tokens for the employees whom it vouches for.
  kServiceTokens = 11,
};
// The scope that a service account's role gives it; empty for the roles of people.
std::string_view ScopeOf(Role role);
// `investigator`, `protection_officer`, ...
std::string_view Name(Role role);
absl::StatusOr<Role> RoleFromText(std::string_view text);

// The keys of one machine of a person.
struct Device {
  EncryptionKey encryption;
  VerifyKey signing;

  bool operator==(const Device&) const = default;
};

struct PersonAlias {
  Digest identifier;
  Digest tag;

  bool operator==(const PersonAlias&) const = default;
};

struct Person {
  std::string slug;
  std::string name;
  // Outside the organisation's chart.
  bool outside = false;
  std::vector<Device> devices;
  std::vector<Role> roles;
  // Slugs of desks.
  std::vector<std::string> desks;
  std::vector<PersonAlias> aliases;

  bool HasRole(Role role) const;
  bool operator==(const Person&) const = default;
};

struct Desk {
  std::string slug;
  std::string name;

  bool operator==(const Desk&) const = default;
};

struct Directory {
  OrganisationId organisation;
  uint32_t version = 0;
  // Zero for version 1.
  Digest previous;
  Day valid_from;
  Day valid_until;
  // Who signs the next version.
  Roots next_roots;
  VerifyKey log_key;
  AliasSalt salt;
  std::vector<TokenKey> token_keys;
  std::vector<Desk> desks;
  std::vector<Person> people;

  const Person* FindPerson(std::string_view slug) const;
  const Desk* FindDesk(std::string_view slug) const;
  // The key under which every token of that kind and quarter is issued; nullptr when none is announced.
  const TokenKey* FindTokenKey(TokenKind kind, Quarter quarter) const;
  // By key id of either key of any device; nullptr when nobody has it. Linear: servers build their own index.
  const Person* PersonOfKey(const KeyId& key) const;

  bool operator==(const Directory&) const = default;
};

inline constexpr int kDirectoryMaxDays = 90;
inline constexpr int kExpiryWarningDays = 30;
inline constexpr size_t kMaxDirectorySize = 1 << 20;

// The value of a `token-key` line. Whether the key is usable, a directory that holds it says.
std::string TokenKeyText(const TokenKey& key);
absl::StatusOr<TokenKey> TokenKeyFromText(std::string_view text);

// Whether a directory that is valid from that day may announce the key.
bool IsTimely(const TokenKey& key, Day valid_from);

// Sorts nothing: INVALID_ARGUMENT when a field or the order breaks a rule above.
absl::StatusOr<std::string> DirectoryText(const Directory& directory);
absl::StatusOr<Directory> ParseDirectoryText(std::string_view text);

// A directory with the note it came in.
struct DirectoryNote {
  Directory directory;
  crypto::SignedNote note;
  // SHA-256 of the note's text: what the next version quotes as `previous`, and the ledger as the version's hash.
  Digest hash;
};
// Form only: no signature is checked.
absl::StatusOr<DirectoryNote> ParseDirectoryNote(BytesView note);

// Who vouches for a version, step by step. A client without memory: CheckFirst with the organisation file, then
// CheckValid. A client that has walked the versions or remembers one: CheckNext from each to the next, then CheckValid.
//
// t of the file's roots signed it, and it is of that organisation: kUnderSigned, kBadSignature, kOtherOrganisation.
absl::Status CheckFirst(const OrganisationFile& file, const DirectoryNote& directory);
// The same text again is fine. kOlder when the version goes back; kForked when the version is the same with another text, or the next
// one with another `previous`; kVersionGap when versions between were not shown; kUnderSigned unless t of the roots that
// `current` names signed.
absl::Status CheckNext(const DirectoryNote& current, const DirectoryNote& next);
// kExpired unless valid_from <= today <= valid_until.
absl::Status CheckValid(const Directory& directory, Day today);

// All of it: `remembered` is the newest version accepted before, or nullptr.
absl::Status AcceptDirectory(const OrganisationFile& file, const DirectoryNote* remembered, const DirectoryNote& offered,
                             Day today);

// Days from today to the last valid day; 0 on that day, negative after it. Warn at kExpiryWarningDays and below.
int64_t DaysLeft(const Directory& directory, Day today);
inline bool ExpiresSoon(const Directory& directory, Day today) {
  return DaysLeft(directory, today) <= kExpiryWarningDays;
}

// The people whom the identifier or the tag means; more than one only if the directory lists one alias for several.
std::vector<const Person*> Recognise(const Directory& directory, const Identifier& identifier);
std::vector<const Person*> Recognise(const Directory& directory, const SubjectTag& tag);

}  // namespace alcove::format
