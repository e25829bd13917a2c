// C2SP signed notes (c2sp.org/signed-note) with Ed25519 signatures (type 0x01): directory, policy and checkpoints.
//
//   text, ending in a line feed
//   (empty line)
//   — <key name> <base64(key hash(4) ‖ signature(64))>      one or more, U+2014
//
// Key hash: the first 4 bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). It only finds the key; trust is in the
// verify key. The signature covers the text with its last line feed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace alcove::crypto {

// A name and the key that signs under it. Names are not empty, without space, '+' or control characters, valid UTF-8.
struct NoteKey {
  std::string name;
  VerifyKey key;

  uint32_t hash() const;
  // "<name>+<8 hex digits of the hash>+<base64(0x01 ‖ key)>".
  std::string Text() const;
  // INVALID_ARGUMENT for another algorithm, a hash that does not fit, or an unusable key.
  static absl::StatusOr<NoteKey> FromText(BytesView text);

  friend bool operator==(const NoteKey&, const NoteKey&) = default;
};

// INVALID_ARGUMENT unless the name may stand in a note.
absl::Status UsableNoteName(BytesView name);

struct NoteSignature {
  std::string name;
  uint32_t key_hash = 0;
  Bytes signature;  // 64 bytes for Ed25519; of another length under a key that is not ours

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct SignedNote {
  std::string text;  // with its last line feed
  std::vector<NoteSignature> signatures;

  // The whole note. Parse(Serialize()) gives the same note; Parse accepts no other spelling.
  Bytes Serialize() const;
};

inline constexpr size_t kNoteMostBytes = 1 << 20;
inline constexpr size_t kNoteMostSignatures = 100;

// INVALID_ARGUMENT unless the bytes are a signed note: valid UTF-8 without control characters other than the line
// feed, one to 100 signature lines. Nothing is verified.
absl::StatusOr<SignedNote> ParseNote(BytesView bytes);

// A note without signatures yet. INVALID_ARGUMENT when the text may not stand in a note (see ParseNote) or lacks its
// last line feed.
absl::StatusOr<SignedNote> NewNote(BytesView text);
// Adds a signature, or replaces the one this key made.
absl::Status SignNote(SignedNote& note, BytesView name, const SigningKey& key);

// The positions in `known` of the keys that signed, each once, in the order of `known`. A signature of a known key
// that does not verify is UNAUTHENTICATED for the whole note; signatures of unknown keys are passed over. An empty
// answer is not an error: the caller counts against its threshold.
absl::StatusOr<std::vector<size_t>> VerifyNote(const SignedNote& note, const std::vector<NoteKey>& known);

}  // namespace alcove::crypto
