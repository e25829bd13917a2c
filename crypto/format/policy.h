// A policy document: rules, profiles, forms, words, as a signed note of t root holders, so that no administrator alone can
// disarm a promise. The header is this room's; the body is JSON that the rooms which use it parse.
//
//   alcove.policy.v1
//   organisation <id, 26 characters>
//   document <form | taxonomy | profiles | routing | safeguards>
//   version <n>                                from 1
//   body
//   <JSON, to the end of the note's text; ends in a line feed>
//
// A whole note has at most 131072 bytes.
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/note.h"
#include "crypto/format/ids.h"
#include "crypto/format/organisation.h"

namespace alcove::format {

enum class PolicyDocument : uint8_t {
  kForm = 1,
  kTaxonomy = 2,
  kProfiles = 3,
  kRouting = 4,
  kSafeguards = 5,
};
// `form`, ...
std::string_view Name(PolicyDocument document);
absl::StatusOr<PolicyDocument> PolicyDocumentFromText(std::string_view text);

inline constexpr size_t kMaxPolicySize = 131072;

struct Policy {
  OrganisationId organisation;
  PolicyDocument document = PolicyDocument::kForm;
  uint32_t version = 0;
  // Opaque here; ends in a line feed.
  std::string body;

  bool operator==(const Policy&) const = default;
};

// The note's text. INVALID_ARGUMENT when a field breaks a rule above; a missing last line feed of the body is added.
absl::StatusOr<std::string> PolicyText(const Policy& policy);
absl::StatusOr<Policy> ParsePolicyText(std::string_view text);

struct PolicyNote {
  Policy policy;
  crypto::SignedNote note;
  // SHA-256 of the note's text.
  Digest hash;
};
// Form only.
absl::StatusOr<PolicyNote> ParsePolicyNote(BytesView note);

// It is of this organisation and t of the roots signed it. The roots are those that the current directory names.
absl::Status CheckPolicy(const PolicyNote& policy, const OrganisationId& organisation, const Roots& roots);

}  // namespace alcove::format
