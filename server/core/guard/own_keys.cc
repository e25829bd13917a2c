#include "server/core/guard/own_keys.h"

#include <algorithm>
#include <utility>

#include "crypto/format/directory.h"
#include "server/core/cases/custody.h"
#include "server/core/base/errors.h"
#include "server/core/people/publish.h"

namespace alcove::guard {
namespace {

bool Lists(const format::Person& person, const crypto::KeyId& key) {
  return std::any_of(person.devices.begin(), person.devices.end(),
                     [&](const format::Device& device) { return crypto::KeyIdOf(device.encryption) == key; });
}

// Whether each of the keys was once the person's, by walking the directory back.
absl::StatusOr<bool> WereTheirs(const cases::Ports& ports, const base::StaffSlug& slug,
                                std::span<const crypto::KeyId> keys) {
  std::vector<crypto::KeyId> open(keys.begin(), keys.end());
  const std::uint32_t newest = ports.organisation.directory_version();
  for (std::uint32_t back = 1; back <= kVersionsBack && back < newest && !open.empty(); ++back) {
    const absl::StatusOr<crypto::Bytes> bytes = people::GetDirectoryNote(ports.rows, ports.organisation, newest - back);
    if (!bytes.ok()) return bytes.status();
    const absl::StatusOr<format::DirectoryNote> note = format::ParseDirectoryNote(*bytes);
    if (!note.ok()) return base::Broken("a published directory does not parse");
    const format::Person* person = note->directory.FindPerson(slug.text());
    if (person == nullptr) continue;
    std::erase_if(open, [&](const crypto::KeyId& key) { return Lists(*person, key); });
  }
  return open.empty();
}

}  // namespace

void KeyUse::Add(const cases::Case& record) {
  for (const cases::KeyringState* state : {&record.thread, &record.team}) {
    for (const grants::Holder& holder : state->holders) {
      if (holder.lost || holder.key_id.IsZero()) continue;
      const bool alone = std::none_of(state->holders.begin(), state->holders.end(), [&](const grants::Holder& other) {
        return other.staff == holder.staff && other.key_id != holder.key_id && !other.lost && !other.key_id.IsZero();
      });
      bool& kept = alone_[holder.key_id];
      kept = kept || alone;
    }
  }
}

bool KeyUse::Add(const cases::Identity& identity) {
  const absl::StatusOr<std::vector<cases::CustodyLine>> lines = cases::CustodyOf(identity);
  if (!lines.ok()) return false;
  for (const cases::CustodyLine& line : *lines) alone_[line.holder] = true;
  return true;
}

bool KeyUse::HoldsAlone(const crypto::KeyId& key) const {
  const auto found = alone_.find(key);
  return found != alone_.end() && found->second;
}

void KeyUseBoard::Set(KeyUse use, base::Day day) {
  auto look = std::make_shared<const Look>(Look{std::move(use), day});
  const std::lock_guard lock(mutex_);
  look_ = std::move(look);
}

std::shared_ptr<const KeyUseBoard::Look> KeyUseBoard::Get() const {
  const std::lock_guard lock(mutex_);
  return look_;
}

absl::StatusOr<OwnKeys> OwnKeysOf(const cases::Ports& ports, const KeyUseBoard::Look* look, const base::StaffSlug& caller,
                                  std::span<const crypto::KeyId> retired) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  if (retired.size() > kMostRetired) return base::FieldInvalid("retired");
  for (const crypto::KeyId& key : retired)
    if (person->DeviceOf(key) != nullptr) return base::FieldInvalid("retired");
  const absl::StatusOr<bool> theirs = WereTheirs(ports, caller, retired);
  if (!theirs.ok()) return theirs.status();
  if (!*theirs) return base::FieldInvalid("retired");

  OwnKeys own;
  if (look != nullptr) own.as_of = look->day;
  // One machine is needed whatever it holds: an answer would say whether it holds anything.
  const bool only = person->devices.size() < 2;
  for (const people::Device& device : person->devices) {
    const crypto::KeyId& key = device.encryption_key_id;
    own.keys.push_back({key, true, only || look == nullptr || look->use.HoldsAlone(key)});
  }
  for (const crypto::KeyId& key : retired) own.keys.push_back({key, false, look == nullptr || look->use.Holds(key)});
  return own;
}

}  // namespace alcove::guard
