// The signed directory, fetched and checked before anything is believed or sealed.
//
// Refused: a note not signed by t of the organisation's roots, for another organisation, malformed, not yet or no
// longer valid; and, for whoever keeps a memory, a version older than one already seen, or another note under a version
// already seen (a fork). A directory whose version follows a remembered one may be signed by the roots the
// remembered one names; without memory, by those of the organisation file.
//
// A reporter keeps no memory, because a file that says "I looked" is a trace: they accept any directory within its
// 90 days. Staff keep one. Both are design section 3's stated limits.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/connection.h"
#include "client/lib/memory.h"
#include "crypto/format/day.h"
#include "crypto/format/directory.h"

namespace alcove::client {

struct CheckedDirectory {
  format::Directory directory;
  // The note as received; what a save file carries.
  std::string note;
  // SHA-256 of the note's text.
  crypto::Digest digest;
  // Plain sentences for the person: the directory ends within 30 days.
  std::vector<std::string> warnings;

  // The person with this slug; null when there is none.
  const format::Person* PersonOf(std::string_view slug) const;
  // The person one of whose devices has this encryption or verify key id; null when there is none.
  const format::Person* PersonOf(const crypto::KeyId& key_id) const;
  // The encryption key with this id; nullopt when nobody has it.
  std::optional<crypto::EncryptionKey> EncryptionKeyOf(const crypto::KeyId& key_id) const;
  std::optional<crypto::VerifyKey> VerifyKeyOf(const crypto::KeyId& key_id) const;
};

// Checks a note. `memory` may be null (reporters). Does not change the memory.
absl::StatusOr<CheckedDirectory> CheckDirectory(const format::OrganisationFile& organisation, const std::string& note,
                                                const Memory* memory, format::Day today);

// Fetches the newest directory and checks it; with a memory, remembers it.
// Where the organisation's roots have rotated since the file was written, walks the versions between.
absl::StatusOr<CheckedDirectory> FetchDirectory(Connection& connection, Memory* memory, format::Day today);

// Older versions, fetched when asked: an entry written last year is checked against the directory its epoch quotes.
// The note must be signed as any other; that it has run out is no reason to refuse it here.
absl::StatusOr<CheckedDirectory> FetchPastDirectory(Connection& connection, const CheckedDirectory& newest,
                                                    uint32_t version);

}  // namespace alcove::client
