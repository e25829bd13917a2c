#include "client/cli/frame/secret_input.h"

#include <unistd.h>

#include <cerrno>

#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

constexpr size_t kLongest = 4096;

absl::StatusOr<crypto::SecretText> FirstLine(int fd) {
  std::string line;
  while (line.size() <= kLongest) {
    char letter = 0;
    const ssize_t got = read(fd, &letter, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return client::Refuse(client::Refusal::kInputInvalid, "the secret's file descriptor cannot be read");
    if (got == 0 || letter == '\n') {
      close(fd);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.empty()) return client::Refuse(client::Refusal::kInputInvalid, "the secret's file descriptor was empty");
      return crypto::SecretText::Take(std::move(line));
    }
    line.push_back(letter);
  }
  return client::Refuse(client::Refusal::kInputInvalid, "the secret on the file descriptor is too long");
}

}  // namespace

absl::StatusOr<crypto::SecretText> ReadSecret(Terminal& terminal, std::optional<int> fd, std::string_view prompt) {
  if (fd) return FirstLine(*fd);
  return terminal.AskHidden(prompt);
}

absl::StatusOr<crypto::SecretText> ReadNewSecret(Terminal& terminal, std::optional<int> fd, std::string_view prompt,
                                                 size_t least) {
  if (fd) {
    ALCOVE_CLIENT_ASSIGN(crypto::SecretText secret, FirstLine(*fd));
    if (secret.expose().size() < least) {
      return client::Refuse(client::Refusal::kInputInvalid, "the passphrase is shorter than " + std::to_string(least) +
                                                                " characters");
    }
    return secret;
  }
  while (true) {
    ALCOVE_CLIENT_ASSIGN(crypto::SecretText first, terminal.AskHidden(prompt));
    if (first.expose().size() < least) {
      terminal.Say("Please use at least " + std::to_string(least) + " characters: several words are easiest.");
      continue;
    }
    ALCOVE_CLIENT_ASSIGN(const crypto::SecretText second, terminal.AskHidden("Once more, to be sure: "));
    if (crypto::ConstantTimeEquals(first.expose(), second.expose())) return first;
    terminal.Say("The two were different. Please try again.");
  }
}

absl::Status WriteSecret(int fd, std::string_view secret) {
  std::string_view rest = secret;
  while (!rest.empty()) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return client::Refuse(client::Refusal::kInputInvalid, "the file descriptor for the secret cannot be written");
    }
    rest.remove_prefix(static_cast<size_t>(written));
  }
  if (write(fd, "\n", 1) != 1) {
    return client::Refuse(client::Refusal::kInputInvalid, "the file descriptor for the secret cannot be written");
  }
  if (fd > STDERR_FILENO) close(fd);
  return absl::OkStatus();
}

}  // namespace alcove::cli
