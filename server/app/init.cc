#include "server/app/init.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "server/app/errors.h"
#include "server/storage/rocks_store.h"
#include "server/storage/store.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxOrganisationBytes = 256 * 1024;

bool SomethingIn(const fs::path& directory) {
  std::error_code error;
  return fs::exists(directory, error) && !fs::is_empty(directory, error);
}

absl::Status MakePrivateDirectory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return FileNotWritten(directory, error.message());
  if (chmod(directory.c_str(), 0700) != 0) return FileNotWritten(directory, std::strerror(errno));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Initialised> Initialise(const fs::path& organisation_file, const fs::path& data, const fs::path& keys,
                                       crypto::Random& random) {
  const absl::StatusOr<std::string> text = ReadFile(organisation_file, kMaxOrganisationBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<format::OrganisationFile> organisation = format::ParseOrganisation(*text);
  if (!organisation.ok()) return OrganisationFileInvalid(organisation_file);

  // Everything that could be in the way is looked for before the first thing is made.
  std::error_code error;
  if (SomethingIn(data)) return FileAlreadyThere(data);
  if (fs::exists(keys / kOrganisationFile, error)) return FileAlreadyThere(keys / kOrganisationFile);
  absl::StatusOr<storage::ServerKeys> made = MakeKeys(keys, organisation->id, random);
  if (!made.ok()) return made.status();
  if (absl::Status s = WriteNewFile(keys / kOrganisationFile, *text); !s.ok()) return s;

  if (absl::Status s = MakePrivateDirectory(data); !s.ok()) return s;
  storage::RocksOptions options;
  options.directory = storage::DatabaseIn(data.string());
  options.create = true;
  absl::StatusOr<std::unique_ptr<storage::RowStore>> rows = storage::OpenRocksStore(options);
  if (!rows.ok()) return rows.status();
  if (absl::Status s = storage::CreateStore(**rows, data.string(), made->kek, organisation->id, random); !s.ok()) return s;
  return Initialised{*std::move(organisation), made->log_key.verify_key()};
}

absl::StatusOr<format::OrganisationFile> ReadOrganisation(const fs::path& keys) {
  const fs::path file = keys / kOrganisationFile;
  if (absl::Status s = CheckPrivateFile(file); !s.ok()) return s;
  const absl::StatusOr<std::string> text = ReadFile(file, kMaxOrganisationBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<format::OrganisationFile> organisation = format::ParseOrganisation(*text);
  if (!organisation.ok()) return OrganisationFileInvalid(file);
  return organisation;
}

absl::StatusOr<std::unique_ptr<storage::RowStore>> OpenRows(const std::string& directory, bool read_only) {
  storage::RocksOptions options;
  options.directory = directory;
  options.read_only = read_only;
  return storage::OpenRocksStore(options);
}

absl::Status CheckDataDirectory(const fs::path& data) {
  struct stat about {};
  if (stat(data.c_str(), &about) != 0) return FileUnreadable(data, std::strerror(errno));
  if (!S_ISDIR(about.st_mode)) return FileUnreadable(data, "it is not a directory");
  if ((about.st_mode & 077) != 0) return DataDirectoryOpen(data);
  return absl::OkStatus();
}

}  // namespace alcove::app
