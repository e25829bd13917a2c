#include "crypto/format/organisation.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"
#include "crypto/format/roots.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "organisation file";
constexpr std::string_view kFirstLine = "alcove.organisation.v1";
constexpr size_t kMaxTlsRoots = 4;
constexpr size_t kMaxTlsRoot = 8192;

bool IsAddress(std::string_view text) {
  size_t colon = text.rfind(':');
  if (text.size() > 255 || colon == text.npos || colon == 0) return false;
  auto port = internal::Number(text.substr(colon + 1), 65535);
  if (!port || *port == 0) return false;
  std::string_view host = text.substr(0, colon);
  bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  return std::all_of(host.begin(), host.end(), [bracketed](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           (bracketed && c == ':');
  });
}

}  // namespace

std::string RootNoteName(std::string_view slug) { return "alcove.root/" + std::string(slug); }

absl::Status CheckRootSignatures(std::string_view layout, const crypto::SignedNote& note, const Roots& roots) {
  std::vector<crypto::NoteKey> known;
  known.reserve(roots.keys.size());
  for (const RootKey& root : roots.keys) known.push_back({.name = RootNoteName(root.name), .key = root.key});
  auto signers = crypto::VerifyNote(note, known);
  if (!signers.ok()) return BadSignature(layout);
  int valid = static_cast<int>(signers->size());
  if (roots.threshold < 1 || valid < roots.threshold) return UnderSigned(layout, valid, roots.threshold);
  return absl::OkStatus();
}

absl::StatusOr<Bytes> AddRootSignature(BytesView text_or_note, std::string_view slug, const crypto::SigningKey& key) {
  if (!IsSlug(slug)) return Malformed("root signature", "name");
  auto note = crypto::ParseNote(text_or_note);
  if (!note.ok()) note = crypto::NewNote(text_or_note);
  if (!note.ok()) return Malformed("root signature", "text");
  if (!crypto::SignNote(*note, RootNoteName(slug), key).ok()) return Malformed("root signature", "note");
  return note->Serialize();
}

bool IsDisplayName(std::string_view text) {
  if (text.empty() || text.size() > 80 || text.front() == ' ' || text.back() == ' ') return false;
  // UTF-8, checked by hand: well formed, shortest form, no surrogates, no control characters of either block.
  for (size_t i = 0; i < text.size();) {
    uint8_t lead = static_cast<uint8_t>(text[i]);
    size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3
                    : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    uint32_t point = length == 1 ? lead : lead & (0xff >> (length + 1));
    for (size_t j = 1; j < length; ++j) {
      uint8_t next = static_cast<uint8_t>(text[i + j]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    if (point < 0x20 || (point >= 0x7f && point < 0xa0) || (length == 3 && point < 0x800) ||
        (length == 4 && (point < 0x10000 || point > 0x10ffff)) || (point >= 0xd800 && point < 0xe000)) {
      return false;
    }
    // Marks that turn the direction of text: a name could show as another.
    if ((point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x2028 ||
        point == 0x2029) {
      return false;
    }
    i += length;
  }
  return true;
}

namespace internal {

absl::Status CheckRoots(std::string_view layout, const Roots& roots) {
  if (roots.keys.empty() || roots.keys.size() > kMaxRoots) return Malformed(layout, "number of roots");
  if (roots.threshold < 1 || static_cast<size_t>(roots.threshold) > roots.keys.size()) return Malformed(layout, "threshold");
  for (size_t i = 0; i < roots.keys.size(); ++i) {
    if (!IsSlug(roots.keys[i].name)) return Malformed(layout, "name of a root holder");
    if (!crypto::UsableKey(roots.keys[i].key).ok()) return Malformed(layout, "key of a root holder");
    for (size_t j = 0; j < i; ++j) {
      if (roots.keys[i].name == roots.keys[j].name || roots.keys[i].key == roots.keys[j].key) {
        return Malformed(layout, "root holder named twice");
      }
    }
  }
  return absl::OkStatus();
}

void AppendRoots(const Roots& roots, std::string* text) {
  for (const RootKey& root : roots.keys) {
    *text += "root " + root.name + " " + crypto::Base64Encode(root.key.view()) + "\n";
  }
  *text += "threshold " + std::to_string(roots.threshold) + "\n";
}

bool TakeRoots(LineReader& lines, Roots* roots) {
  while (auto value = lines.Take("root")) {
    auto parts = Two(*value);
    if (!parts || roots->keys.size() == kMaxRoots) return false;
    auto key = FixedFromBase64<VerifyKey>(parts->second);
    if (!key) return false;
    roots->keys.push_back({.name = std::string(parts->first), .key = *key});
  }
  auto threshold = lines.Take("threshold");
  if (!threshold) return false;
  auto number = Number(*threshold, kMaxRoots);
  if (!number) return false;
  roots->threshold = static_cast<int>(*number);
  return true;
}

}  // namespace internal

absl::StatusOr<std::string> OrganisationText(const OrganisationFile& file) {
  if (!IsDisplayName(file.name)) return Malformed(kLayout, "name");
  if (!IsAddress(file.address)) return Malformed(kLayout, "address");
  if (auto status = internal::CheckRoots(kLayout, file.roots); !status.ok()) return status;
  if (file.tls_roots.size() > kMaxTlsRoots) return Malformed(kLayout, "number of certificates");
  std::string text = std::string(kFirstLine) + "\nname " + file.name + "\nid " + Text(file.id) + "\naddress " +
                     file.address + "\n";
  internal::AppendRoots(file.roots, &text);
  for (const Bytes& certificate : file.tls_roots) {
    if (certificate.empty() || certificate.size() > kMaxTlsRoot) return Malformed(kLayout, "certificate");
    text += "tls-root " + crypto::Base64Encode(certificate) + "\n";
  }
  return text;
}

absl::StatusOr<OrganisationFile> ParseOrganisation(std::string_view text) {
  internal::LineReader lines(kLayout, text);
  OrganisationFile file;
  if (!lines.TakeBare(kFirstLine)) return lines.Fail();
  auto name = lines.Take("name");
  if (!name) return lines.Fail();
  file.name = std::string(*name);
  auto id_text = lines.Take("id");
  if (!id_text) return lines.Fail();
  auto id = FromText<OrganisationId>(*id_text);
  if (!id.ok()) return Malformed(kLayout, "id");
  file.id = *id;
  auto address = lines.Take("address");
  if (!address) return lines.Fail();
  file.address = std::string(*address);
  if (!internal::TakeRoots(lines, &file.roots)) return lines.Fail();
  while (auto value = lines.Take("tls-root")) {
    auto certificate = crypto::Base64Decode(*value);
    if (!certificate.ok() || file.tls_roots.size() == kMaxTlsRoots) return lines.Fail();
    file.tls_roots.push_back(std::move(*certificate));
  }
  if (!lines.done()) return lines.Fail();
  // Whatever else the writer would not have written.
  auto canonical = OrganisationText(file);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kLayout, "form");
  return file;
}

std::string Fingerprint(const OrganisationFile& file) {
  auto text = OrganisationText(file);
  if (!text.ok()) return {};
  std::string hex = crypto::HexEncode(crypto::Sha256(*text).view().substr(0, 20));
  std::string grouped;
  for (size_t i = 0; i < hex.size(); i += 4) grouped += (i == 0 ? "" : " ") + hex.substr(i, 4);
  return grouped;
}

}  // namespace alcove::format
