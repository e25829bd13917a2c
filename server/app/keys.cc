#include "server/app/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/format/ids.h"
#include "server/app/errors.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 32;
constexpr std::array kAll = {KeyKind::kKek, KeyKind::kLog, KeyKind::kTag};

std::string_view Kind(KeyKind kind) {
  switch (kind) {
    case KeyKind::kKek: return "alcove.kek.v1";
    case KeyKind::kLog:
    case KeyKind::kNextLog: return "alcove.log.v1";
    case KeyKind::kTag: return "alcove.tag.v1";
    case KeyKind::kToken: return "alcove.token.v1";
  }
  return {};
}

// A descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

// systemd gives a credential to root and adds the service's user by an access list, which shows as a right of the group.
constexpr mode_t kOthers = 077;
constexpr mode_t kOthersOfCredential = 037;

absl::Status CheckPrivate(const File& file, const fs::path& path, mode_t closed) {
  if (file.get() < 0) return errno == ENOENT ? KeyMissing(path) : KeyWrong(path, std::strerror(errno));
  struct stat about {};
  if (fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return KeyWrong(path, "it is not a regular file");
  if (about.st_uid != geteuid() && about.st_uid != 0) return KeyOwnedByAnother(path);
  if ((about.st_mode & closed) != 0) return KeyReadableByOthers(path);
  return absl::OkStatus();
}

// What a key file says after the key.
absl::Status ReadFacts(std::string_view words, const fs::path& path, storage::KekFacts* facts) {
  if (words.empty()) return absl::OkStatus();
  const std::size_t space = words.find(' ');
  const std::string_view epoch = words.substr(0, space);
  const auto organisation =
      format::FromText<base::OrganisationId>(space == std::string_view::npos ? std::string_view() : words.substr(space + 1));
  const auto read = std::from_chars(epoch.data(), epoch.data() + epoch.size(), facts->epoch);
  if (read.ec != std::errc() || read.ptr != epoch.data() + epoch.size() || facts->epoch == 0 || !organisation.ok())
    return KeyWrong(path, "it does not hold one line of kind, base64, number and organisation");
  facts->organisation = *organisation;
  return absl::OkStatus();
}

// The 32 bytes of one key file, checked by its descriptor so that nothing can change between check and use. `facts` gets what
// stands after the key; where it is null nothing may.
absl::StatusOr<crypto::SymmetricKey> ReadKeyAt(const fs::path& path, KeyKind kind, mode_t closed, std::string* facts = nullptr) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (absl::Status s = CheckPrivate(file, path, closed); !s.ok()) return s;

  std::array<char, 128> buffer;
  const ssize_t size = read(file.get(), buffer.data(), buffer.size());
  absl::StatusOr<crypto::SymmetricKey> key = KeyWrong(path, "it does not hold one line of kind and base64");
  std::string_view text(buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  const std::string prefix = std::string(Kind(kind)) + " ";
  if (!text.starts_with("alcove.") || !text.ends_with("\n")) {
    // said already
  } else if (!text.starts_with(prefix)) {
    key = KeyWrong(path, "it holds a key of another kind");
  } else {
    text = text.substr(prefix.size(), text.size() - prefix.size() - 1);
    const std::size_t space = facts == nullptr ? std::string_view::npos : text.find(' ');
    const std::string_view rest = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (auto raw = crypto::Base64Decode(text.substr(0, space)); raw.ok()) {
      if (raw->size() == kKeyBytes) key = crypto::SymmetricKey::FromBytes(*raw);
      crypto::Wipe(*raw);
    }
    if (facts != nullptr) *facts = rest;
  }
  crypto::Wipe(buffer.data(), buffer.size());
  return key;
}

// In place of a key that is a credential.
mode_t ClosedAt(const KeyPlaces& places, const fs::path& path) {
  return places.credentials && path.parent_path() == *places.credentials ? kOthersOfCredential : kOthers;
}

absl::StatusOr<crypto::SymmetricKey> ReadKey(const KeyPlaces& places, KeyKind kind) {
  const fs::path path = places.Find(kind);
  return ReadKeyAt(path, kind, ClosedAt(places, path));
}

absl::StatusOr<crypto::SymmetricKey> ReadKek(const fs::path& path, mode_t closed, storage::KekFacts* facts) {
  std::string words;
  absl::StatusOr<crypto::SymmetricKey> kek = ReadKeyAt(path, KeyKind::kKek, closed, &words);
  if (!kek.ok()) return kek;
  if (absl::Status s = ReadFacts(words, path, facts); !s.ok()) return s;
  return kek;
}

constexpr std::string_view kTokenFileStart = "token.", kTokenFileEnd = ".key";

// "employment 2026-Q4", with what stands between the two.
absl::StatusOr<format::TokenKey> ReadTokenTerms(std::string_view words, char between, const fs::path& path) {
  const std::size_t at = words.find(between);
  const absl::StatusOr<format::TokenKind> kind = format::TokenKindFromWord(words.substr(0, at));
  if (!kind.ok()) return KeyWrong(path, "it is of no kind of token");
  const absl::StatusOr<format::Quarter> quarter =
      format::Quarter::FromText(at == std::string_view::npos ? std::string_view() : words.substr(at + 1));
  if (!quarter.ok()) return KeyWrong(path, "it is of no quarter");
  return format::TokenKey{.kind = *kind, .quarter = *quarter, .key = {}};
}

// By name, a credential before a file.
absl::StatusOr<std::map<std::string, fs::path>> TokenKeyFiles(const KeyPlaces& places) {
  std::map<std::string, fs::path> found;
  for (const std::optional<fs::path>& folder : {places.credentials, std::optional(places.directory)}) {
    if (!folder) continue;
    std::error_code error;
    for (fs::directory_iterator entry(*folder, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.starts_with(kTokenFileStart) && name.ends_with(kTokenFileEnd)) found.emplace(name, entry->path());
    }
    if (error) return FileUnreadable(*folder, error.message());
  }
  return found;
}

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const KeyPlaces& places, KeyKind kind) {
  const absl::StatusOr<crypto::SymmetricKey> seed = ReadKey(places, kind);
  if (!seed.ok()) return seed.status();
  absl::StatusOr<crypto::SigningKey> key = crypto::SigningKey::FromSeed(seed->expose());
  if (!key.ok()) return KeyWrong(places.Find(kind), "no signing key can be made of it");
  return key;
}

absl::Status WriteKey(const fs::path& path, KeyKind kind, crypto::BytesView key, std::string_view facts = {}) {
  crypto::Bytes encoded = crypto::Base64Encode(key);
  crypto::Bytes line;
  line.reserve(128);
  line.append(Kind(kind)).append(" ").append(encoded).append(facts).append("\n");
  const absl::Status written = WriteNewFile(path, line);
  crypto::Wipe(encoded);
  crypto::Wipe(line);
  return written;
}

std::string FactsText(std::uint32_t epoch, const base::OrganisationId& organisation) {
  return " " + std::to_string(epoch) + " " + format::Text(organisation);
}

absl::StatusOr<storage::ServerKeys> WithKek(const KeyPlaces& places, crypto::SymmetricKey kek, const storage::KekFacts& facts) {
  absl::StatusOr<crypto::SigningKey> log = ReadSigningKey(places, KeyKind::kLog);
  if (!log.ok()) return log.status();
  const absl::StatusOr<crypto::SymmetricKey> tag_scalar = ReadKey(places, KeyKind::kTag);
  if (!tag_scalar.ok()) return tag_scalar.status();
  absl::StatusOr<crypto::OprfKey> tag = crypto::OprfKey::FromBytes(tag_scalar->expose());
  if (!tag.ok()) return KeyWrong(places.Find(KeyKind::kTag), "no tag key can be made of it");
  storage::ServerKeys keys{std::move(kek), *std::move(log), *std::move(tag), facts};
  // A link is no key either: it is refused, not passed over.
  std::error_code error;
  if (fs::exists(fs::symlink_status(places.Find(KeyKind::kNextLog), error))) {
    absl::StatusOr<crypto::SigningKey> next = ReadSigningKey(places, KeyKind::kNextLog);
    if (!next.ok()) return next.status();
    keys.next_log_key = *std::move(next);
  }
  return keys;
}

absl::Status SyncDirectory(const fs::path& directory) {
  const File file(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || fsync(file.get()) != 0) return FileNotWritten(directory, std::strerror(errno));
  return absl::OkStatus();
}

}  // namespace

std::string KeyFileName(KeyKind kind) {
  switch (kind) {
    case KeyKind::kKek: return "kek.key";
    case KeyKind::kLog: return "log.key";
    case KeyKind::kTag: return "tag.key";
    case KeyKind::kNextLog: return "log.next.key";
    case KeyKind::kToken: break;
  }
  return {};
}

std::string TokenKeyFileName(format::TokenKind kind, format::Quarter quarter) {
  return std::string(kTokenFileStart).append(format::WordOf(kind)).append(".").append(quarter.Text()).append(kTokenFileEnd);
}

fs::path KeyPlaces::Find(const std::string& name) const {
  std::error_code error;
  if (credentials && fs::exists(*credentials / name, error)) return *credentials / name;
  return directory / name;
}

absl::StatusOr<storage::ServerKeys> ReadKeys(const KeyPlaces& places) {
  storage::KekFacts facts;
  const fs::path path = places.Find(KeyKind::kKek);
  absl::StatusOr<crypto::SymmetricKey> kek = ReadKek(path, ClosedAt(places, path), &facts);
  if (!kek.ok()) return kek.status();
  return WithKek(places, *std::move(kek), facts);
}

absl::StatusOr<storage::ServerKeys> ReadKeysWithNextKek(const KeyPlaces& places) {
  storage::KekFacts facts;
  absl::StatusOr<crypto::SymmetricKey> kek = ReadKek(places.directory / kNextKekFile, kOthers, &facts);
  if (!kek.ok()) return kek.status();
  return WithKek(places, *std::move(kek), facts);
}

absl::StatusOr<storage::ServerKeys> MakeKeys(const fs::path& directory, const base::OrganisationId& organisation,
                                             crypto::Random& random) {
  std::error_code error;
  for (const KeyKind kind : kAll) {
    if (fs::exists(directory / KeyFileName(kind), error)) return FileAlreadyThere(directory / KeyFileName(kind));
  }
  if (!fs::exists(directory, error)) {
    fs::create_directories(directory, error);
    if (error) return FileNotWritten(directory, error.message());
    if (chmod(directory.c_str(), 0700) != 0) return FileNotWritten(directory, std::strerror(errno));
  }
  storage::ServerKeys keys{crypto::SymmetricKey::Draw(random), crypto::SigningKey::Draw(random), crypto::OprfKey::Draw(random),
                           {1, organisation}};
  if (absl::Status s = WriteKey(directory / KeyFileName(KeyKind::kKek), KeyKind::kKek, keys.kek.expose(), FactsText(1, organisation)); !s.ok()) return s;
  if (absl::Status s = WriteKey(directory / KeyFileName(KeyKind::kLog), KeyKind::kLog, keys.log_key.expose()); !s.ok()) return s;
  if (absl::Status s = WriteKey(directory / KeyFileName(KeyKind::kTag), KeyKind::kTag, keys.tag_key.expose()); !s.ok()) return s;
  return keys;
}

absl::Status MakeNextKek(const fs::path& directory, const base::OrganisationId& organisation, std::uint32_t epoch,
                         crypto::Random& random) {
  const crypto::SymmetricKey kek = crypto::SymmetricKey::Draw(random);
  return WriteKey(directory / kNextKekFile, KeyKind::kKek, kek.expose(), FactsText(epoch, organisation));
}

absl::Status DestroyFile(const fs::path& path, crypto::Random& random) {
  {
    const File file(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() < 0) return errno == ENOENT ? absl::OkStatus() : FileNotWritten(path, std::strerror(errno));
    struct stat about {};
    if (fstat(file.get(), &about) != 0) return FileNotWritten(path, std::strerror(errno));
    const auto size = static_cast<std::size_t>(about.st_size);
    for (const crypto::Bytes& over : {random.Draw(size), crypto::Bytes(size, '\0')}) {
      if (pwrite(file.get(), over.data(), size, 0) != static_cast<ssize_t>(size) || fsync(file.get()) != 0)
        return FileNotWritten(path, std::strerror(errno));
    }
  }
  if (unlink(path.c_str()) != 0) return FileNotWritten(path, std::strerror(errno));
  return SyncDirectory(path.parent_path());
}

absl::StatusOr<crypto::VerifyKey> MakeNextLogKey(const fs::path& directory, crypto::Random& random) {
  const crypto::SigningKey key = crypto::SigningKey::Draw(random);
  const absl::Status written = WriteKey(directory / KeyFileName(KeyKind::kNextLog), KeyKind::kNextLog, key.expose());
  if (!written.ok()) return written;
  return key.verify_key();
}

absl::StatusOr<crypto::VoprfPublicKey> MakeTokenKey(const fs::path& directory, format::TokenKind kind, format::Quarter quarter,
                                                    crypto::Random& random) {
  const crypto::VoprfKey key = crypto::VoprfKey::Draw(random);
  const std::string facts = std::string(" ").append(format::WordOf(kind)).append(" ").append(quarter.Text());
  const absl::Status written = WriteKey(directory / TokenKeyFileName(kind, quarter), KeyKind::kToken, key.expose(), facts);
  if (!written.ok()) return written;
  return key.public_key();
}

absl::StatusOr<format::TokenKey> TokenKeyOfLine(std::string_view line, const fs::path& file) {
  const std::size_t key = line.find(' ');
  const std::size_t facts = key == std::string_view::npos ? key : line.find(' ', key + 1);
  if (facts == std::string_view::npos) return KeyWrong(file, "it does not say which tokens it is for");
  return ReadTokenTerms(line.substr(facts + 1), ' ', file);
}

absl::StatusOr<intake::TokenKeys> ReadTokenKeys(const KeyPlaces& places) {
  const absl::StatusOr<std::map<std::string, fs::path>> files = TokenKeyFiles(places);
  if (!files.ok()) return files.status();
  intake::TokenKeys keys;
  for (const auto& [name, path] : *files) {
    const std::string_view terms = std::string_view(name).substr(
        kTokenFileStart.size(), name.size() - kTokenFileStart.size() - kTokenFileEnd.size());
    const absl::StatusOr<format::TokenKey> named = ReadTokenTerms(terms, '.', path);
    if (!named.ok()) return named.status();
    std::string facts;
    const absl::StatusOr<crypto::SymmetricKey> scalar = ReadKeyAt(path, KeyKind::kToken, ClosedAt(places, path), &facts);
    if (!scalar.ok()) return scalar.status();
    const absl::StatusOr<format::TokenKey> said = ReadTokenTerms(facts, ' ', path);
    if (!said.ok()) return said.status();
    if (said->kind != named->kind || said->quarter != named->quarter)
      return KeyWrong(path, "it is of another kind or quarter than its name says");
    absl::StatusOr<crypto::VoprfKey> key = crypto::VoprfKey::FromBytes(scalar->expose());
    if (!key.ok()) return KeyWrong(path, "no token key can be made of it");
    keys.Hold({named->kind, named->quarter, *std::move(key)});
  }
  return keys;
}

absl::Status CheckPrivateFile(const fs::path& path) {
  return CheckPrivate(File(open(path.c_str(), O_RDONLY | O_CLOEXEC)), path, kOthers);
}

absl::Status WriteNewFile(const fs::path& path, crypto::BytesView bytes) {
  {
    const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return errno == EEXIST ? FileAlreadyThere(path) : FileNotWritten(path, std::strerror(errno));
    if (write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || fsync(file.get()) != 0) {
      const std::string why = std::strerror(errno);
      unlink(path.c_str());
      return FileNotWritten(path, why);
    }
  }
  return SyncDirectory(path.parent_path());
}

absl::StatusOr<std::string> ReadFile(const fs::path& path, std::size_t most) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return FileUnreadable(path, std::strerror(errno));
  std::string text;
  std::array<char, 4096> piece;
  for (;;) {
    const ssize_t size = read(file.get(), piece.data(), piece.size());
    if (size < 0) return FileUnreadable(path, std::strerror(errno));
    if (size == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(size));
    if (text.size() > most) return FileUnreadable(path, "it is larger than any such file");
  }
}

}  // namespace alcove::app
