#include "server/storage/mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "server/core/base/keys.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

constexpr std::string_view kLabel = "alcove ledger mark v1";
constexpr std::string_view kMagic = "ALM1";
constexpr std::size_t kSignedSize = 4 + 8 + 8 + 32;
constexpr std::size_t kSlotSize = kSignedSize + 32;
constexpr off_t kSecondSlot = 4096;
constexpr off_t kFileSize = 8192;

std::string SlotOf(const crypto::SymmetricKey& key, const MarkState& state) {
  std::string slot(kMagic);
  base::AppendKeyPart(slot, state.group);
  base::AppendKeyPart(slot, state.leaves);
  slot.append(state.root.view());
  slot.append(crypto::HmacSha256(key, slot).view());
  return slot;
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (const char c : bytes.substr(at, 8)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::optional<MarkState> StateOf(const crypto::SymmetricKey& key, std::string_view slot) {
  if (!slot.starts_with(kMagic)) return std::nullopt;
  if (!crypto::ConstantTimeEquals(crypto::HmacSha256(key, slot.substr(0, kSignedSize)).view(),
                                  slot.substr(kSignedSize)))
    return std::nullopt;
  MarkState state;
  state.group = NumberAt(slot, 4);
  state.leaves = NumberAt(slot, 12);
  state.root = *crypto::Digest::FromBytes(slot.substr(20, 32));
  return state;
}

absl::Status WriteSlot(int file, bool second, std::string_view slot) {
  const ssize_t written = pwrite(file, slot.data(), slot.size(), second ? kSecondSlot : 0);
  if (written != static_cast<ssize_t>(slot.size())) return FileFailed("mark");
  return absl::OkStatus();
}

}  // namespace

absl::Status Mark::Create(const std::string& path, const crypto::SymmetricKey& kek, const MarkState& state) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno == EEXIST ? absl::AlreadyExistsError("there is a mark already") : FileFailed("mark");
  // All of it is written once, so that later writes of a slot need no room.
  std::string content(kFileSize, '\0');
  const std::string slot = SlotOf(crypto::DeriveKey(kek, kLabel), state);
  content.replace(0, slot.size(), slot);
  const bool written = pwrite(file, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()) &&
                       fsync(file) == 0;
  close(file);
  if (!written) return FileFailed("mark");
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const int parent = open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return FileFailed("mark");
  const bool synced = fsync(parent) == 0;
  close(parent);
  return synced ? absl::OkStatus() : FileFailed("mark");
}

absl::StatusOr<std::unique_ptr<Mark>> Mark::Open(const std::string& path, const crypto::SymmetricKey& kek) {
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? MarkMissing() : FileFailed("mark");
  crypto::SymmetricKey key = crypto::DeriveKey(kek, kLabel);
  std::array<std::optional<MarkState>, 2> slots;
  for (const bool second : {false, true}) {
    std::array<char, kSlotSize> slot{};
    if (pread(file, slot.data(), slot.size(), second ? kSecondSlot : 0) == static_cast<ssize_t>(slot.size()))
      slots[second ? 1 : 0] = StateOf(key, {slot.data(), slot.size()});
  }
  if (!slots[0] && !slots[1]) {
    close(file);
    return MarkDamaged();
  }
  const bool second = slots[1] && (!slots[0] || slots[1]->group > slots[0]->group);
  return std::unique_ptr<Mark>(new Mark(file, std::move(key), *slots[second ? 1 : 0], second));
}

Mark::~Mark() {
  (void)fdatasync(file_);
  close(file_);
}

absl::Status Mark::Advance(const MarkState& state) {
  if (const absl::Status status = WriteSlot(file_, !second_slot_, SlotOf(key_, state)); !status.ok()) return status;
  second_slot_ = !second_slot_;
  state_ = state;
  return absl::OkStatus();
}

absl::Status Mark::Sync() { return fdatasync(file_) == 0 ? absl::OkStatus() : FileFailed("mark"); }

}  // namespace alcove::storage
