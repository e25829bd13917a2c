// The signed directory, fetched and checked before anything is believed or sealed.
//
// Refused: a note not signed by t of the organisation's roots, for another organisation, malformed, not yet or no
// longer valid; and, for whoever keeps a memory, a version older than one already seen, or another note under a version
// already seen (a fork).
//
// A reporter keeps no memory, because a file that says "I looked" is a trace: they accept any directory within its
// 90 days. Staff keep one. Both are design section 3's stated limits.
#pragma once

#include <cstdint>
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

// A directory that passed every check.
struct CheckedDirectory {
  format::DirectoryNote note;
  // As received; what a proof of filing carries.
  std::string bytes;
  // Plain sentences for the person: the directory ends within 30 days.
  std::vector<std::string> warnings;

  const format::Directory& directory() const { return note.directory; }
  const format::Person* Find(std::string_view slug) const { return note.directory.FindPerson(slug); }
};

// A device of a person, as some version of the directory lists it.
struct Found {
  const format::Person* person = nullptr;
  const format::Device* device = nullptr;
};
// By the id of either key; nothing when no device has it.
std::optional<Found> FindDevice(const format::Directory& directory, const crypto::KeyId& key);

// Checks one note. `memory` may be null (reporters) and is not changed.
absl::StatusOr<CheckedDirectory> CheckDirectory(const format::OrganisationFile& organisation, std::string_view note,
                                                const Memory* memory, format::Day today);

// Fetches the newest directory and checks it; with a memory, remembers it there (the caller writes the memory).
// Where the roots have rotated since the organisation file was written or the memory was kept, the versions between are
// fetched and walked, each vouching for the next.
absl::StatusOr<CheckedDirectory> FetchDirectory(Connection& connection, Memory* memory, format::Day today);

// Older versions: an entry written last year is checked against the people of that time. Each version quotes the hash of
// the one before, so what is fetched is checked against the newest by walking back; signatures are not asked again.
class DirectoryHistory {
 public:
  // Neither is owned; both outlive the object.
  DirectoryHistory(Connection& connection, const CheckedDirectory& newest)
      : connection_(connection), newest_(newest) {}

  // The device with this key id in the newest version that has it; what is found lives as long as the history.
  // kDirectoryForked when an older version does not hash to what its successor quotes; kEntryInvalid when no
  // version has the key.
  absl::StatusOr<Found> WhoSigns(const crypto::KeyId& key);
  // The directory as of one version; lives as long as the history. kDirectoryForked as above, and for a version that is
  // newer than the newest, or 0.
  absl::StatusOr<const format::Directory*> Version(uint32_t version);
  // The same with its signatures.
  absl::StatusOr<const format::DirectoryNote*> Note(uint32_t version);

 private:
  absl::StatusOr<const format::DirectoryNote*> Older(const format::DirectoryNote& than);

  Connection& connection_;
  const CheckedDirectory& newest_;
  std::map<uint32_t, format::DirectoryNote> older_;
};

}  // namespace alcove::client
