// rooms: crypto
// Signed notes and note keys: nothing crashes, and what parses has one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/note.h"

using namespace alcove::crypto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView bytes(reinterpret_cast<const char*>(data), size);
  static const SigningKey key = *SigningKey::FromSeed(Bytes(32, 'k'));
  static const NoteKey own{"own", key.verify_key()};

  if (auto note = ParseNote(bytes); note.ok()) {
    if (note->Serialize() != bytes) std::abort();
    // An input cannot sign for a key that has never signed anything.
    if (const auto who = VerifyNote(*note, {own}); who.ok() && !who->empty()) std::abort();
    if (SignNote(*note, "own", key).ok()) {
      const auto again = ParseNote(note->Serialize());
      if (!again.ok() || VerifyNote(*again, {own})->size() != 1) std::abort();
    }
  }
  if (const auto parsed = NoteKey::FromText(bytes); parsed.ok() && parsed->Text() != bytes) std::abort();
  if (const auto text = NewNote(bytes); text.ok()) {
    SignedNote signed_note = *text;
    if (!SignNote(signed_note, "own", key).ok()) std::abort();
    const auto back = ParseNote(signed_note.Serialize());
    if (!back.ok() || back->text != bytes) std::abort();
  }
  return 0;
}
