// Making a server: `alcoved init --org FILE`.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <string>

#include "crypto/format/organisation.h"
#include "crypto/random.h"
#include "server/app/config.h"
#include "server/app/keys.h"
#include "server/storage/row_store.h"

namespace alcove::app {

// The name of the organisation file within the key directory.
inline constexpr std::string_view kOrganisationFile = "organisation";

// What root holders have to put into the first directory.
struct Initialised {
  format::OrganisationFile organisation;
  crypto::VerifyKey log_key;
};

// Makes the data directory (0700) with an empty store, and the key directory with KEK, log key, tag key and a copy of the
// organisation file, 0600 each. Nothing is overwritten: what is there already is refused with its name, before anything is
// made. INVALID_ARGUMENT when the organisation file does not parse or the keys would lie within the data.
absl::StatusOr<Initialised> Initialise(const std::filesystem::path& organisation_file, const std::filesystem::path& data,
                                       const std::filesystem::path& keys, crypto::Random& random);

// The organisation file the server was made for; it must be as guarded as a key.
absl::StatusOr<format::OrganisationFile> ReadOrganisation(const std::filesystem::path& keys);

// The store over RocksDB; never makes one.
absl::StatusOr<std::unique_ptr<storage::RowStore>> OpenRows(const std::string& directory, bool read_only);

// 0700 and ours, or DataDirectoryOpen.
absl::Status CheckDataDirectory(const std::filesystem::path& data);

}  // namespace alcove::app
