#include "crypto/note.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace alcove::crypto {
namespace {

constexpr char kEd25519 = 0x01;
constexpr BytesView kSignaturePrefix = "\xe2\x80\x94 ";  // em dash, space

// The next code point of strict UTF-8 (no overlong forms, no surrogates), or nothing.
std::optional<uint32_t> NextCodePoint(BytesView& text) {
  const auto at = [&text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  size_t length = 1;
  uint32_t point = lead;
  uint32_t least = 0;
  if (lead >= 0x80) {
    if (lead >= 0xc2 && lead <= 0xdf) {
      length = 2, point = lead & 0x1f, least = 0x80;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      length = 3, point = lead & 0x0f, least = 0x800;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      length = 4, point = lead & 0x07, least = 0x10000;
    } else {
      return std::nullopt;
    }
    if (text.size() < length) return std::nullopt;
    for (size_t i = 1; i < length; ++i) {
      if ((at(i) & 0xc0) != 0x80) return std::nullopt;
      point = (point << 6) | (at(i) & 0x3f);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return std::nullopt;
  }
  text.remove_prefix(length);
  return point;
}

bool IsNoteText(BytesView text) {
  while (!text.empty()) {
    const auto point = NextCodePoint(text);
    if (!point || (*point < 0x20 && *point != '\n')) return false;
  }
  return true;
}

// White_Space of Unicode.
bool IsSpace(uint32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

uint32_t BigEndian(BytesView four) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<uint8_t>(four[i]);
  return value;
}

Bytes BigEndian(uint32_t value) {
  Bytes four;
  for (int shift = 24; shift >= 0; shift -= 8) four.push_back(static_cast<char>(value >> shift));
  return four;
}

absl::StatusOr<NoteSignature> ParseSignatureLine(BytesView line) {
  if (line.substr(0, kSignaturePrefix.size()) != kSignaturePrefix) return errors::Malformed("a signature line");
  line.remove_prefix(kSignaturePrefix.size());
  const size_t space = line.find(' ');
  if (space == BytesView::npos) return errors::Malformed("a signature line");
  NoteSignature signature;
  signature.name = line.substr(0, space);
  if (absl::Status usable = UsableNoteName(signature.name); !usable.ok()) return usable;
  auto decoded = Base64Decode(line.substr(space + 1));
  if (!decoded.ok()) return decoded.status();
  if (decoded->size() < 5) return errors::Malformed("a signature line");
  signature.key_hash = BigEndian(*decoded);
  signature.signature = decoded->substr(4);
  return signature;
}

}  // namespace

absl::Status UsableNoteName(BytesView name) {
  if (name.empty()) return errors::Malformed("an empty key name");
  while (!name.empty()) {
    const auto point = NextCodePoint(name);
    if (!point || *point < 0x20 || *point == '+' || IsSpace(*point)) return errors::Malformed("a key name");
  }
  return absl::OkStatus();
}

uint32_t NoteKey::hash() const {
  const char middle[] = {'\n', kEd25519};
  return BigEndian(Sha256Stream().Update(name).Update({middle, 2}).Update(key.view()).Finish().view());
}

std::string NoteKey::Text() const {
  Bytes typed(1, kEd25519);
  typed.append(key.view());
  return name + "+" + HexEncode(BigEndian(hash())) + "+" + Base64Encode(typed);
}

absl::StatusOr<NoteKey> NoteKey::FromText(BytesView text) {
  const size_t first = text.find('+');
  if (first == BytesView::npos || text.size() < first + 10 || text[first + 9] != '+') {
    return errors::Malformed("a note key");
  }
  NoteKey parsed;
  parsed.name = text.substr(0, first);
  if (absl::Status usable = UsableNoteName(parsed.name); !usable.ok()) return usable;
  const auto hash = HexDecode(text.substr(first + 1, 8));
  if (!hash.ok()) return hash.status();
  const auto typed = Base64Decode(text.substr(first + 10));
  if (!typed.ok()) return typed.status();
  if (typed->size() != 1 + VerifyKey::kSize || typed->front() != kEd25519) return errors::Malformed("a note key");
  parsed.key = *VerifyKey::FromBytes(BytesView(*typed).substr(1));
  if (absl::Status usable = UsableKey(parsed.key); !usable.ok()) return usable;
  if (parsed.hash() != BigEndian(*hash)) return errors::Malformed("the hash of a note key");
  return parsed;
}

Bytes SignedNote::Serialize() const {
  Bytes note = text;
  note.push_back('\n');
  for (const NoteSignature& signature : signatures) {
    note.append(kSignaturePrefix).append(signature.name).push_back(' ');
    note.append(Base64Encode(BigEndian(signature.key_hash) + signature.signature)).push_back('\n');
  }
  return note;
}

absl::StatusOr<SignedNote> NewNote(BytesView text) {
  if (text.size() > kNoteMostBytes) return errors::TooLong("a note", kNoteMostBytes, text.size());
  if (text.empty() || text.back() != '\n' || !IsNoteText(text)) return errors::Malformed("the text of a note");
  return SignedNote{std::string(text), {}};
}

absl::StatusOr<SignedNote> ParseNote(BytesView bytes) {
  if (bytes.size() > kNoteMostBytes) return errors::TooLong("a note", kNoteMostBytes, bytes.size());
  // The text may hold empty lines; signatures hold none.
  const size_t split = bytes.rfind("\n\n");
  if (split == BytesView::npos || bytes.back() != '\n' || !IsNoteText(bytes)) return errors::Malformed("a note");
  SignedNote note{std::string(bytes.substr(0, split + 1)), {}};
  BytesView lines = bytes.substr(split + 2);
  if (lines.empty()) return errors::Malformed("a note without signatures");
  while (!lines.empty()) {
    if (note.signatures.size() == kNoteMostSignatures) return errors::Malformed("a note with over 100 signatures");
    const size_t end = lines.find('\n');
    auto signature = ParseSignatureLine(lines.substr(0, end));
    if (!signature.ok()) return signature.status();
    note.signatures.push_back(*std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

absl::Status SignNote(SignedNote& note, BytesView name, const SigningKey& key) {
  if (absl::Status usable = UsableNoteName(name); !usable.ok()) return usable;
  const NoteKey own{std::string(name), key.verify_key()};
  std::erase_if(note.signatures, [&](const NoteSignature& signature) {
    return signature.name == own.name && signature.key_hash == own.hash();
  });
  if (note.signatures.size() >= kNoteMostSignatures) return errors::Malformed("a note with over 100 signatures");
  note.signatures.push_back({own.name, own.hash(), SignRaw(key, note.text).str()});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<size_t>> VerifyNote(const SignedNote& note, const std::vector<NoteKey>& known) {
  std::vector<bool> signed_by(known.size(), false);
  for (const NoteSignature& line : note.signatures) {
    bool is_known = false;
    bool verified = false;
    for (size_t i = 0; i < known.size(); ++i) {
      if (known[i].name != line.name || known[i].hash() != line.key_hash) continue;
      is_known = true;
      const auto signature = Signature::FromBytes(line.signature);
      if (signature.ok() && VerifyRaw(known[i].key, note.text, *signature).ok()) {
        verified = true;
        signed_by[i] = true;
      }
    }
    if (is_known && !verified) return errors::DoesNotVerify("a signature of a note");
  }
  std::vector<size_t> who;
  for (size_t i = 0; i < known.size(); ++i) {
    if (signed_by[i]) who.push_back(i);
  }
  return who;
}

}  // namespace alcove::crypto
