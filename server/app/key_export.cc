#include "server/app/key_export.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "crypto/password.h"
#include "server/app/errors.h"
#include "server/app/init.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTitle = "alcove.keys.v1\n";
constexpr std::size_t kMaxExport = 512 * 1024;
// In the order of the file; the last only while the log key is replaced.
constexpr std::array kKinds = {KeyKind::kKek, KeyKind::kLog, KeyKind::kTag, KeyKind::kNextLog};

// One line without its end. Wiped as it goes.
absl::StatusOr<crypto::SecretText> ReadSecretLine(int descriptor) {
  crypto::SecretText line;
  char c = 0;
  ssize_t size = 0;
  while ((size = read(descriptor, &c, 1)) == 1 && c != '\n' && line.size() < 1024) line.Append({&c, 1});
  crypto::Wipe(&c, 1);
  if (size < 0) return absl::InvalidArgumentError("cannot read the passphrase");
  if (line.empty()) return absl::InvalidArgumentError("the passphrase is empty");
  return line;
}

// The files that the lines before the organisation file belong into, in their order.
absl::StatusOr<std::vector<std::string>> FileNames(std::string_view left, const fs::path& file) {
  std::vector<std::string> names;
  std::size_t kind = 0;
  while (!left.starts_with("alcove.organisation.")) {
    const std::size_t end = left.find('\n');
    if (end == std::string_view::npos) return KeyWrong(file, "it is cut short");
    if (left.starts_with("alcove.token.v1 ")) {
      const absl::StatusOr<format::TokenKey> key = TokenKeyOfLine(left.substr(0, end), file);
      if (!key.ok()) return key.status();
      names.push_back(TokenKeyFileName(key->kind, key->quarter));
    } else if (kind < kKinds.size()) {
      names.push_back(KeyFileName(kKinds[kind++]));
    } else {
      return KeyWrong(file, "it holds a line of no key");
    }
    left.remove_prefix(end + 1);
  }
  if (kind + 1 < kKinds.size()) return KeyWrong(file, "it is cut short");
  return names;
}

// A terminal that shows nothing while it lives.
class SilentTerminal {
 public:
  SilentTerminal() : file_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (file_ < 0 || tcgetattr(file_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(file_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) tcsetattr(file_, TCSAFLUSH, &before_);
    if (file_ >= 0) close(file_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool usable() const { return changed_; }
  absl::StatusOr<crypto::SecretText> Ask(std::string_view question) const {
    if (write(file_, question.data(), question.size()) < 0) return absl::InvalidArgumentError("cannot ask");
    absl::StatusOr<crypto::SecretText> line = ReadSecretLine(file_);
    if (write(file_, "\n", 1) < 0) return absl::InvalidArgumentError("cannot ask");
    return line;
  }

 private:
  const int file_;
  termios before_{};
  bool changed_ = false;
};

}  // namespace

absl::Status ExportKeys(const KeyPlaces& places, const fs::path& file, const crypto::SecretText& passphrase,
                        crypto::Random& random) {
  const absl::StatusOr<storage::ServerKeys> keys = ReadKeys(places);
  if (!keys.ok()) return keys.status();
  if (const auto organisation = ReadOrganisation(places.directory); !organisation.ok()) return organisation.status();
  crypto::Plaintext inside{std::string(kTitle)};
  inside.bytes.reserve(kMaxExport);
  for (const KeyKind kind : kKinds) {
    if (kind == KeyKind::kNextLog && !keys->next_log_key) continue;
    absl::StatusOr<std::string> line = ReadFile(places.Find(kind), 256);
    if (!line.ok()) return line.status();
    inside.bytes += *line;
    crypto::Wipe(*line);
  }
  // Read whole and checked above all: what is brought to a safe place can be brought back.
  const absl::StatusOr<intake::TokenKeys> tokens = ReadTokenKeys(places);
  if (!tokens.ok()) return tokens.status();
  for (const intake::HeldTokenKey& key : tokens->all()) {
    absl::StatusOr<std::string> line = ReadFile(places.Find(TokenKeyFileName(key.kind, key.quarter)), 256);
    if (!line.ok()) return line.status();
    inside.bytes += *line;
    crypto::Wipe(*line);
  }
  const absl::StatusOr<std::string> organisation = ReadFile(places.directory / kOrganisationFile, kMaxExport / 2);
  if (!organisation.ok()) return organisation.status();
  inside.bytes += *organisation;
  const absl::StatusOr<crypto::Bytes> sealed =
      crypto::SealWithPassphrase(passphrase, inside.view(), crypto::AssociatedData(kTitle), random);
  if (!sealed.ok()) return sealed.status();
  return WriteNewFile(file, *sealed);
}

absl::Status ImportKeys(const fs::path& file, const fs::path& directory, const crypto::SecretText& passphrase) {
  const absl::StatusOr<std::string> sealed = ReadFile(file, kMaxExport);
  if (!sealed.ok()) return sealed.status();
  const absl::StatusOr<crypto::Plaintext> inside =
      crypto::OpenWithPassphrase(passphrase, *sealed, crypto::AssociatedData(kTitle));
  if (!inside.ok()) return absl::UnauthenticatedError("wrong passphrase, or " + file.string() + " was changed");
  std::string_view left = inside->view();
  if (!left.starts_with(kTitle)) return KeyWrong(file, "it is no key export");
  left.remove_prefix(kTitle.size());

  std::error_code error;
  if (fs::exists(directory / kOrganisationFile, error)) return FileAlreadyThere(directory / kOrganisationFile);
  const absl::StatusOr<std::vector<std::string>> names = FileNames(left, file);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names)
    if (fs::exists(directory / name, error)) return FileAlreadyThere(directory / name);
  fs::create_directories(directory, error);
  if (error || chmod(directory.c_str(), 0700) != 0) return FileNotWritten(directory, std::strerror(errno));
  for (const std::string& name : *names) {
    const std::size_t end = left.find('\n');
    if (absl::Status s = WriteNewFile(directory / name, left.substr(0, end + 1)); !s.ok()) return s;
    left.remove_prefix(end + 1);
  }
  return WriteNewFile(directory / kOrganisationFile, left);
}

absl::StatusOr<crypto::SecretText> ReadPassphrase(int descriptor, bool fresh) {
  if (descriptor >= 0) return ReadSecretLine(descriptor);
  const SilentTerminal terminal;
  if (!terminal.usable()) return absl::InvalidArgumentError("there is no terminal to ask on: use --passphrase-fd");
  absl::StatusOr<crypto::SecretText> first = terminal.Ask("Passphrase: ");
  if (!first.ok() || !fresh) return first;
  const absl::StatusOr<crypto::SecretText> second = terminal.Ask("Once more: ");
  if (!second.ok()) return second.status();
  if (!crypto::ConstantTimeEquals(first->expose(), second->expose())) {
    return absl::InvalidArgumentError("the two passphrases differ");
  }
  return first;
}

}  // namespace alcove::app
