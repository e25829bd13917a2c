#include "client/lib/directory.h"

#include "crypto/encoding.h"
#include "crypto/format/errors.h"

namespace alcove::client {
namespace {

// More versions between two looks than any organisation signs: a server that claims more is wasting our time.
constexpr uint32_t kMostSteps = 1000;

absl::Status Named(const absl::Status& status) {
  const auto reason = format::ReasonOf(status);
  if (reason == format::Refusal::kExpired) return Refuse(Refusal::kDirectoryExpired, status);
  if (reason == format::Refusal::kOlder) return Refuse(Refusal::kDirectoryOlder, status);
  if (reason == format::Refusal::kForked) return Refuse(Refusal::kDirectoryForked, status);
  return Refuse(Refusal::kDirectoryInvalid, status);
}

absl::StatusOr<std::string> FetchNote(Connection& connection, uint32_t version) {
  v1::GetDirectoryRequest request;
  request.set_version(version);
  ALCOVE_CLIENT_ASSIGN(v1::GetDirectoryResponse answer,
                       connection.CallAgain(&v1::LedgerService::Stub::GetDirectory, request));
  return std::move(*answer.mutable_note());
}

absl::StatusOr<format::DirectoryNote> Parse(std::string_view bytes) {
  auto note = format::ParseDirectoryNote(bytes);
  if (!note.ok()) return Named(note.status());
  return note;
}

CheckedDirectory Checked(format::DirectoryNote note, std::string bytes, format::Day today) {
  CheckedDirectory checked{std::move(note), std::move(bytes), {}};
  if (format::ExpiresSoon(checked.directory(), today)) {
    const int64_t left = format::DaysLeft(checked.directory(), today);
    checked.warnings.push_back("The list of staff keys runs out " +
                               (left == 0 ? std::string("today") : "in " + std::to_string(left) + " days") +
                               ". The root holders have to sign a new one.");
  }
  return checked;
}

absl::StatusOr<std::optional<format::DirectoryNote>> Remembered(const Memory* memory) {
  if (memory == nullptr || memory->directory_note.empty()) return std::optional<format::DirectoryNote>();
  auto note = format::ParseDirectoryNote(memory->directory_note);
  if (!note.ok()) return Refuse(Refusal::kInputInvalid, "the remembered directory is damaged");
  return std::optional<format::DirectoryNote>(*std::move(note));
}

}  // namespace

std::optional<Found> FindDevice(const format::Directory& directory, const crypto::KeyId& key) {
  for (const format::Person& person : directory.people) {
    for (const format::Device& device : person.devices) {
      if (crypto::KeyIdOf(device.encryption) == key || crypto::KeyIdOf(device.signing) == key) {
        return Found{&person, &device};
      }
    }
  }
  return std::nullopt;
}

absl::StatusOr<CheckedDirectory> CheckDirectory(const format::OrganisationFile& organisation, std::string_view bytes,
                                                const Memory* memory, format::Day today) {
  ALCOVE_CLIENT_ASSIGN(format::DirectoryNote offered, Parse(bytes));
  ALCOVE_CLIENT_ASSIGN(const std::optional<format::DirectoryNote> remembered, Remembered(memory));
  const absl::Status verdict = format::AcceptDirectory(organisation, remembered ? &*remembered : nullptr, offered, today);
  if (!verdict.ok()) return Named(verdict);
  return Checked(std::move(offered), std::string(bytes), today);
}

absl::StatusOr<CheckedDirectory> FetchDirectory(Connection& connection, Memory* memory, format::Day today) {
  const format::OrganisationFile& organisation = connection.organisation();
  ALCOVE_CLIENT_ASSIGN(std::string bytes, FetchNote(connection, 0));
  ALCOVE_CLIENT_ASSIGN(format::DirectoryNote newest, Parse(bytes));
  ALCOVE_CLIENT_ASSIGN(const std::optional<format::DirectoryNote> remembered, Remembered(memory));

  absl::Status verdict = remembered ? format::CheckNext(*remembered, newest) : format::CheckFirst(organisation, newest);
  const auto reason = format::ReasonOf(verdict);
  const bool gap = remembered ? reason == format::Refusal::kVersionGap
                              : reason == format::Refusal::kUnderSigned && newest.directory.version > 1;
  if (gap) {
    // Versions between were not shown, or the roots have rotated: let each version vouch for the next.
    uint32_t at = remembered ? remembered->directory.version : 0;
    if (newest.directory.version - at > kMostSteps) {
      return Refuse(Refusal::kDirectoryInvalid, "too many versions at once");
    }
    std::optional<format::DirectoryNote> current;
    if (remembered) current = *remembered;
    verdict = absl::OkStatus();
    while (verdict.ok() && at < newest.directory.version) {
      ++at;
      format::DirectoryNote next = newest;
      if (at != newest.directory.version) {
        ALCOVE_CLIENT_ASSIGN(const std::string between, FetchNote(connection, at));
        ALCOVE_CLIENT_ASSIGN(next, Parse(between));
        if (next.directory.version != at) return Refuse(Refusal::kDirectoryInvalid, "another version than asked for");
      }
      verdict = current ? format::CheckNext(*current, next) : format::CheckFirst(organisation, next);
      current = std::move(next);
    }
  }
  if (!verdict.ok()) return Named(verdict);
  // CheckNext asks for signatures and order; the organisation is asked for once more, so that a memory of another
  // organisation's directory cannot vouch.
  if (newest.directory.organisation != organisation.id) {
    return Refuse(Refusal::kDirectoryInvalid, "it is another organisation's");
  }
  if (const absl::Status valid = format::CheckValid(newest.directory, today); !valid.ok()) return Named(valid);
  if (memory != nullptr) memory->directory_note = bytes;
  return Checked(std::move(newest), std::move(bytes), today);
}

absl::StatusOr<const format::DirectoryNote*> DirectoryHistory::Older(const format::DirectoryNote& than) {
  const uint32_t version = than.directory.version - 1;
  if (const auto known = older_.find(version); known != older_.end()) return &known->second;
  ALCOVE_CLIENT_ASSIGN(const std::string bytes, FetchNote(connection_, version));
  ALCOVE_CLIENT_ASSIGN(format::DirectoryNote note, Parse(bytes));
  if (note.hash != than.directory.previous || note.directory.version != version) {
    return Refuse(Refusal::kDirectoryForked, "version " + std::to_string(version) + " is not the one that the next quotes");
  }
  return &older_.emplace(version, std::move(note)).first->second;
}

absl::StatusOr<const format::DirectoryNote*> DirectoryHistory::Note(uint32_t version) {
  const format::DirectoryNote* note = &newest_.note;
  if (version == 0 || version > note->directory.version) {
    return Refuse(Refusal::kDirectoryForked, "version " + std::to_string(version) + " is not there");
  }
  while (note->directory.version > version) {
    ALCOVE_CLIENT_ASSIGN(note, Older(*note));
  }
  return note;
}

absl::StatusOr<const format::Directory*> DirectoryHistory::Version(uint32_t version) {
  ALCOVE_CLIENT_ASSIGN(const format::DirectoryNote* note, Note(version));
  return &note->directory;
}

absl::StatusOr<Found> DirectoryHistory::WhoSigns(const crypto::KeyId& key) {
  const format::DirectoryNote* note = &newest_.note;
  while (true) {
    if (const auto found = FindDevice(note->directory, key)) return *found;
    if (note->directory.version <= 1) break;
    ALCOVE_CLIENT_ASSIGN(note, Older(*note));
  }
  return Refuse(Refusal::kEntryInvalid, "it is signed by a key that no directory ever held");
}

}  // namespace alcove::client
