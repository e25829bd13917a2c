#include "crypto/format/tag.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "identifier";

std::string_view Trim(std::string_view text) {
  auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

bool PrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

absl::StatusOr<Identifier> Identifier::OfStaffNumber(std::string_view number) {
  number = Trim(number);
  if (number.empty() || !PrintableAscii(number)) return Malformed(kLayout, "staff number");
  std::string text = "emp:";
  for (char c : number) text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (text.size() > kMaxIdentifier) return Malformed(kLayout, "length");
  return Identifier(std::move(text));
}

absl::StatusOr<Identifier> Identifier::OfMail(std::string_view address) {
  address = Trim(address);
  size_t at = address.find('@');
  if (!PrintableAscii(address) || address.find(' ') != address.npos || at == address.npos || at == 0 ||
      at + 1 == address.size() || address.find('@', at + 1) != address.npos) {
    return Malformed(kLayout, "e-mail address");
  }
  std::string text = "mail:";
  for (char c : address) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text.size() > kMaxIdentifier) return Malformed(kLayout, "length");
  return Identifier(std::move(text));
}

absl::StatusOr<Identifier> Identifier::Parse(std::string_view text) {
  text = Trim(text);
  if (text.substr(0, 4) == "emp:") return OfStaffNumber(text.substr(4));
  if (text.substr(0, 5) == "mail:") return OfMail(text.substr(5));
  return Malformed(kLayout, "prefix");
}

Digest IdentifierAlias(const AliasSalt& salt, const Identifier& identifier) {
  return crypto::Sha256(
      ByteWriter(192).Raw("alcove alias identifier v1").U8(0).Fixed(salt).Raw(identifier.text()).bytes());
}

Digest TagAlias(const AliasSalt& salt, const SubjectTag& tag) {
  return crypto::Sha256(ByteWriter(128).Raw("alcove alias tag v1").U8(0).Fixed(salt).Fixed(tag).bytes());
}

}  // namespace alcove::format
