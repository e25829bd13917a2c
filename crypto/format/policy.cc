#include "crypto/format/policy.h"

#include "crypto/hash.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "policy";
constexpr std::string_view kFirstLine = "alcove.policy.v1";
constexpr uint32_t kMaxVersion = 0x7fffffff;
constexpr std::string_view kDocuments[] = {"form", "taxonomy", "profiles", "routing", "safeguards"};

}  // namespace

std::string_view Name(PolicyDocument document) { return kDocuments[static_cast<uint8_t>(document) - 1]; }

absl::StatusOr<PolicyDocument> PolicyDocumentFromText(std::string_view text) {
  for (size_t i = 0; i < std::size(kDocuments); ++i) {
    if (kDocuments[i] == text) return static_cast<PolicyDocument>(i + 1);
  }
  return Malformed(kLayout, "document");
}

absl::StatusOr<std::string> PolicyText(const Policy& policy) {
  if (policy.version < 1 || policy.version > kMaxVersion) return Malformed(kLayout, "version");
  if (policy.body.empty() || policy.body == "\n") return Malformed(kLayout, "body");
  std::string text = std::string(kFirstLine) + "\norganisation " + Text(policy.organisation) + "\ndocument " +
                     std::string(Name(policy.document)) + "\nversion " + std::to_string(policy.version) + "\nbody\n" +
                     policy.body;
  if (text.back() != '\n') text += '\n';
  if (text.size() > kMaxPolicySize) return Malformed(kLayout, "length");
  if (!crypto::NewNote(text).ok()) return Malformed(kLayout, "characters of the body");
  return text;
}

absl::StatusOr<Policy> ParsePolicyText(std::string_view text) {
  internal::LineReader lines(kLayout, text);
  Policy policy;
  if (!lines.TakeBare(kFirstLine)) return lines.Fail();
  auto organisation = lines.Take("organisation");
  if (!organisation) return lines.Fail();
  auto id = FromText<OrganisationId>(*organisation);
  if (!id.ok()) return Malformed(kLayout, "organisation");
  policy.organisation = *id;
  auto name = lines.Take("document");
  if (!name) return lines.Fail();
  auto document = PolicyDocumentFromText(*name);
  if (!document.ok()) return document.status();
  policy.document = *document;
  auto version = lines.Take("version");
  if (!version) return lines.Fail();
  auto number = internal::Number(*version, kMaxVersion);
  if (!number) return Malformed(kLayout, "version");
  policy.version = static_cast<uint32_t>(*number);
  if (!lines.TakeBare("body")) return lines.Fail();
  policy.body = std::string(lines.rest());
  auto canonical = PolicyText(policy);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kLayout, "form");
  return policy;
}

absl::StatusOr<PolicyNote> ParsePolicyNote(BytesView bytes) {
  if (bytes.size() > kMaxPolicySize) return Malformed(kLayout, "length");
  auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return Malformed(kLayout, "note");
  auto policy = ParsePolicyText(note->text);
  if (!policy.ok()) return policy.status();
  Digest hash = crypto::Sha256(note->text);
  return PolicyNote{.policy = std::move(*policy), .note = std::move(*note), .hash = hash};
}

absl::Status CheckPolicy(const PolicyNote& policy, const OrganisationId& organisation, const Roots& roots) {
  if (policy.policy.organisation != organisation) return OtherOrganisation(kLayout);
  return CheckRootSignatures(kLayout, policy.note, roots);
}

}  // namespace alcove::format
