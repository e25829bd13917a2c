#include "client/lib/enrolment.h"

#include <sstream>
#include <vector>

#include "client/lib/errors.h"
#include "crypto/encoding.h"
#include "crypto/sign.h"

namespace alcove::client {
namespace {

constexpr std::string_view kMagic = "alcove.enrolment.v1";
constexpr std::string_view kLabel = "alcove enrolment v1";
constexpr size_t kMostIdentifiers = 8;

absl::Status Malformed(std::string_view what) {
  return Refuse(Refusal::kInputInvalid, "the enrolment request is not usable: " + std::string(what));
}

std::string SignedLines(const Enrolment& enrolment) {
  std::string text = std::string(kMagic) + "\norganisation " + format::Text(enrolment.organisation) + "\nperson " +
                     enrolment.slug + "\nname " + enrolment.name + "\ndevice " +
                     crypto::Base64Encode(enrolment.device.encryption.view()) + " " +
                     crypto::Base64Encode(enrolment.device.signing.view()) + "\n";
  for (const EnrolledIdentifier& item : enrolment.identifiers) {
    text += "identifier " + item.identifier.text() + " " + crypto::Base64Encode(item.tag.view()) + "\n";
  }
  return text;
}

template <class Fixed>
bool Decode(std::string_view base64, Fixed& into) {
  const auto bytes = crypto::Base64Decode(base64);
  if (!bytes.ok()) return false;
  const auto value = Fixed::FromBytes(*bytes);
  if (value.ok()) into = *value;
  return value.ok();
}

// The rest of the next line after `word` and a blank; empty when the line is another.
std::string Rest(const std::vector<std::string>& lines, size_t& at, std::string_view word) {
  if (at >= lines.size() || !lines[at].starts_with(std::string(word) + " ")) return "";
  return lines[at++].substr(word.size() + 1);
}

}  // namespace

std::string FingerprintOf(const crypto::VerifyKey& signing) {
  return crypto::HexEncode(crypto::KeyIdOf(signing).view().substr(0, 8));
}

std::string EnrolmentText(const Enrolment& enrolment, const crypto::SigningKey& key) {
  const std::string lines = SignedLines(enrolment);
  return lines + "signature " + crypto::Base64Encode(crypto::Sign(key, kLabel, lines).view()) + "\n";
}

absl::StatusOr<Enrolment> ParseEnrolment(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream input{std::string(text)};
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  if (lines.empty() || lines[0] != kMagic) return Malformed("it does not begin as one");
  size_t at = 1;
  Enrolment enrolment;
  const auto organisation = format::FromText<format::OrganisationId>(Rest(lines, at, "organisation"));
  if (!organisation.ok()) return Malformed("no organisation");
  enrolment.organisation = *organisation;
  enrolment.slug = Rest(lines, at, "person");
  enrolment.name = Rest(lines, at, "name");
  if (enrolment.slug.empty() || !format::IsDisplayName(enrolment.name)) return Malformed("no usable name");
  const std::string device = Rest(lines, at, "device");
  const size_t blank = device.find(' ');
  if (blank == std::string::npos || !Decode(device.substr(0, blank), enrolment.device.encryption) ||
      !Decode(device.substr(blank + 1), enrolment.device.signing)) {
    return Malformed("no usable keys");
  }
  for (std::string item = Rest(lines, at, "identifier"); !item.empty(); item = Rest(lines, at, "identifier")) {
    const size_t end = item.rfind(' ');
    if (end == std::string::npos) return Malformed("an identifier without a tag");
    const auto identifier = format::Identifier::Parse(item.substr(0, end));
    crypto::SubjectTag tag;
    if (!identifier.ok() || !Decode(item.substr(end + 1), tag)) return Malformed("an identifier that is none");
    enrolment.identifiers.push_back({*identifier, tag});
  }
  if (enrolment.identifiers.size() > kMostIdentifiers) return Malformed("too many identifiers");
  crypto::Signature signature;
  if (!Decode(Rest(lines, at, "signature"), signature)) return Malformed("no signature");
  const std::string signed_lines = SignedLines(enrolment);
  // Read back in its one form, it must be what was sent.
  if (at != lines.size() || !text.starts_with(signed_lines)) return Malformed("lines out of place");
  if (!crypto::Verify(enrolment.device.signing, kLabel, signed_lines, signature).ok()) return Malformed("its signature does not verify");
  return enrolment;
}

}  // namespace alcove::client
