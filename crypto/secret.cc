#include "crypto/secret.h"

#include <array>
#include <mutex>

#include "crypto/sodium.h"

namespace alcove::crypto {

void Wipe(void* memory, size_t size) {
  if (size > 0) sodium_memzero(memory, size);
}

void Wipe(Bytes& bytes) {
  // Within its capacity resize does not move, so what earlier content left behind is wiped as well.
  bytes.resize(bytes.capacity());
  Wipe(bytes.data(), bytes.size());
  bytes.clear();
}

bool ConstantTimeEquals(BytesView a, BytesView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

namespace internal {
namespace {

// Slots of 32, 64 or 128 bytes, cut from guarded slabs. Slabs are never given back: a server's number of live keys has
// a peak, and unlocking pages between two keys would let one of them be swapped.
class SlotPool {
 public:
  uint8_t* Take(size_t size) {
    const std::lock_guard lock(mutex_);
    FreeSlot*& head = free_[ClassOf(size)];
    if (head == nullptr) AddSlab(ClassOf(size));
    FreeSlot* slot = head;
    head = slot->next;
    return reinterpret_cast<uint8_t*>(slot);
  }

  void Give(uint8_t* bytes, size_t size) {
    sodium_memzero(bytes, kSmallest << ClassOf(size));
    const std::lock_guard lock(mutex_);
    auto* slot = reinterpret_cast<FreeSlot*>(bytes);
    slot->next = free_[ClassOf(size)];
    free_[ClassOf(size)] = slot;
  }

 private:
  struct FreeSlot {
    FreeSlot* next;
  };
  static constexpr size_t kSmallest = 32;
  static constexpr size_t kClasses = 3;
  static constexpr size_t kSlab = 4096;

  static size_t ClassOf(size_t size) {
    for (size_t i = 0; i < kClasses; ++i) {
      if (size <= kSmallest << i) return i;
    }
    Broken("a Secret is larger than the slots it lives in");
  }

  void AddSlab(size_t slot_class) {
    StartSodium();
    auto* slab = static_cast<uint8_t*>(sodium_malloc(kSlab));
    if (slab == nullptr) Broken("no memory for secrets");
    const size_t step = kSmallest << slot_class;
    for (size_t at = 0; at + step <= kSlab; at += step) {
      auto* slot = reinterpret_cast<FreeSlot*>(slab + at);
      slot->next = free_[slot_class];
      free_[slot_class] = slot;
    }
  }

  std::mutex mutex_;
  std::array<FreeSlot*, kClasses> free_{};
};

// Never destroyed: secrets of static storage duration may end after it would.
SlotPool& Pool() {
  static SlotPool* const pool = new SlotPool;
  return *pool;
}

}  // namespace

uint8_t* TakeSecretSlot(size_t size) { return Pool().Take(size); }

void GiveSecretSlot(uint8_t* slot, size_t size) { Pool().Give(slot, size); }

}  // namespace internal

DecryptionKey DecryptionKey::Draw(Random& random) {
  auto secret = Secret<32, Tag>::Draw(random);
  EncryptionKey shown;
  crypto_scalarmult_base(shown.data(), secret.data());
  return DecryptionKey(std::move(secret), shown);
}

absl::StatusOr<DecryptionKey> DecryptionKey::FromBytes(BytesView bytes) {
  auto secret = Secret<32, Tag>::FromBytes(bytes);
  if (!secret.ok()) return secret.status();
  EncryptionKey shown;
  crypto_scalarmult_base(shown.data(), secret->data());
  return DecryptionKey(*std::move(secret), shown);
}

SigningKey SigningKey::Draw(Random& random) {
  const auto seed = Secret<32, Tag>::Draw(random);
  return *FromSeed(seed.expose());
}

absl::StatusOr<SigningKey> SigningKey::FromSeed(BytesView seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) return errors::WrongLength(Tag::kName, crypto_sign_SEEDBYTES, seed.size());
  auto secret = Secret<64, Tag>::Blank();
  VerifyKey shown;
  crypto_sign_seed_keypair(shown.data(), secret.mutable_bytes(), internal::Raw(seed));
  return SigningKey(std::move(secret), shown);
}

SecretText SecretText::Take(Bytes&& text) {
  SecretText taken{BytesView(text)};
  Wipe(text);
  return taken;
}

}  // namespace alcove::crypto
