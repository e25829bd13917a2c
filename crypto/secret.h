// Secrets as types that are hard to leak: they cannot be copied by accident (move only; Clone says so), compared with
// ==, hashed or printed, and their memory is wiped when they end. Bytes leave through expose() alone, which is the
// word to search for in a review.
//
// Keys rest in slots of pages from sodium_malloc: guarded on both sides, left out of core dumps, and locked against
// swap where RLIMIT_MEMLOCK allows. Slots are shared because one sodium_malloc a key costs five system calls and the
// server draws a key for every case. Safe to create and destroy on any thread; one object belongs to one thread at a
// time, as a std::string does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/errors.h"
#include "crypto/random.h"

namespace alcove::crypto {

// Overwrites memory so that the compiler cannot leave it out.
void Wipe(void* memory, size_t size);
// Wipes the whole capacity of a string, then empties it.
void Wipe(Bytes& bytes);

// Takes the same time wherever the first difference lies. Lengths are not secret: false at once if they differ.
bool ConstantTimeEquals(BytesView a, BytesView b);

namespace internal {
uint8_t* TakeSecretSlot(size_t size);
void GiveSecretSlot(uint8_t* slot, size_t size);
}  // namespace internal

// N secret bytes.
template <size_t N, class Tag>
class Secret {
 public:
  static constexpr size_t kSize = N;

  static Secret Draw(Random& random) {
    Secret secret;
    random.Fill(secret.slot_, N);
    return secret;
  }
  // INVALID_ARGUMENT unless exactly N bytes. The caller's copy stays the caller's to wipe.
  static absl::StatusOr<Secret> FromBytes(BytesView bytes) {
    if (bytes.size() != N) return errors::WrongLength(Tag::kName, N, bytes.size());
    Secret secret;
    std::memcpy(secret.slot_, bytes.data(), N);
    return secret;
  }
  // All zero, to be written through mutable_bytes() by code of this room.
  static Secret Blank() { return Secret(); }

  Secret(Secret&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  Secret& operator=(Secret&& other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() {
    if (slot_ != nullptr) internal::GiveSecretSlot(slot_, N);
  }
  bool operator==(const Secret&) const = delete;

  Secret Clone() const {
    Secret copy;
    std::memcpy(copy.slot_, slot_, N);
    return copy;
  }

  // The bytes, valid while this object lives and is not moved from.
  BytesView expose() const { return {reinterpret_cast<const char*>(slot_), N}; }
  const uint8_t* data() const { return slot_; }
  uint8_t* mutable_bytes() { return slot_; }

 private:
  Secret() : slot_(internal::TakeSecretSlot(N)) { std::memset(slot_, 0, N); }
  uint8_t* slot_;
};

struct SymmetricKeyTag {
  static constexpr std::string_view kName = "symmetric key";
};
// A key for aead.h, or the input of a derivation (hkdf.h).
using SymmetricKey = Secret<32, SymmetricKeyTag>;

// An X25519 private key with its public key.
class DecryptionKey {
 public:
  static DecryptionKey Draw(Random& random);
  // 32 bytes; any are a private key.
  static absl::StatusOr<DecryptionKey> FromBytes(BytesView bytes);

  const EncryptionKey& encryption_key() const { return public_; }
  BytesView expose() const { return private_.expose(); }
  const uint8_t* data() const { return private_.data(); }
  DecryptionKey Clone() const { return DecryptionKey(private_.Clone(), public_); }

 private:
  struct Tag {
    static constexpr std::string_view kName = "decryption key";
  };
  DecryptionKey(Secret<32, Tag> secret, const EncryptionKey& shown) : private_(std::move(secret)), public_(shown) {}
  Secret<32, Tag> private_;
  EncryptionKey public_;
};

// An Ed25519 private key with its public key.
class SigningKey {
 public:
  static SigningKey Draw(Random& random);
  // The 32-byte seed of RFC 8032.
  static absl::StatusOr<SigningKey> FromSeed(BytesView seed);

  const VerifyKey& verify_key() const { return public_; }
  // The seed: what a key file holds.
  BytesView expose() const { return private_.expose().substr(0, 32); }
  // Seed and public key, as libsodium wants them.
  const uint8_t* data() const { return private_.data(); }
  SigningKey Clone() const { return SigningKey(private_.Clone(), public_); }

 private:
  struct Tag {
    static constexpr std::string_view kName = "signing key";
  };
  SigningKey(Secret<64, Tag> secret, const VerifyKey& shown) : private_(std::move(secret)), public_(shown) {}
  Secret<64, Tag> private_;
  VerifyKey public_;
};

namespace internal {
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, size_t n) {
    Wipe(p, n * sizeof(T));
    std::allocator<T>().deallocate(p, n);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};
}  // namespace internal

// A secret of any length: receipt words, a passphrase, a token. Never in locked memory (it may be long and is short
// lived), always wiped, also when it grows.
class SecretText {
 public:
  SecretText() = default;
  // Copies; the caller's bytes stay the caller's to wipe.
  explicit SecretText(BytesView text) : text_(text.begin(), text.end()) {}
  // Takes the text and wipes the string it came in.
  static SecretText Take(Bytes&& text);

  SecretText(SecretText&&) = default;
  SecretText& operator=(SecretText&&) = default;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  bool operator==(const SecretText&) const = delete;

  void Append(BytesView more) { text_.insert(text_.end(), more.begin(), more.end()); }
  void DropLast() {
    if (!text_.empty()) text_.pop_back();
  }
  void Clear() { std::vector<char, internal::WipingAllocator<char>>().swap(text_); }
  bool empty() const { return text_.empty(); }
  size_t size() const { return text_.size(); }
  BytesView expose() const { return {text_.data(), text_.size()}; }
  SecretText Clone() const { return SecretText(expose()); }

 private:
  std::vector<char, internal::WipingAllocator<char>> text_;
};

// What came out of a seal. Wiped when it ends; move only. `bytes` may be read and changed in place; copying it out is
// the caller's decision and the caller's duty to wipe.
struct Plaintext {
  Bytes bytes;

  Plaintext() = default;
  explicit Plaintext(Bytes&& taken) : bytes(std::move(taken)) { Wipe(taken); }
  Plaintext(Plaintext&& other) noexcept : bytes(std::move(other.bytes)) { Wipe(other.bytes); }
  Plaintext& operator=(Plaintext&& other) noexcept {
    if (this != &other) {
      Wipe(bytes);
      bytes = std::move(other.bytes);
      Wipe(other.bytes);
    }
    return *this;
  }
  Plaintext(const Plaintext&) = delete;
  Plaintext& operator=(const Plaintext&) = delete;
  ~Plaintext() { Wipe(bytes); }
  bool operator==(const Plaintext&) const = delete;

  BytesView view() const { return bytes; }
};

// Bytes that a seal binds but does not hide. Another type than plaintext, so that the two cannot change places.
struct AssociatedData {
  BytesView bytes;
  constexpr AssociatedData() = default;
  constexpr explicit AssociatedData(BytesView view) : bytes(view) {}
};

}  // namespace alcove::crypto
