// The organisation file: what a client starts from. It comes by a way of its own (intranet, poster, a works council's
// hands), never from the server. Text, one form only; lines end in one line feed.
//
//   alcove.organisation.v1
//   name <display name>
//   id <organisation id, 26 characters>
//   address <host:port>
//   root <slug> <base64 Ed25519 key>        1 to 16 lines, slugs and keys distinct
//   threshold <t>                           1 to the number of roots
//   tls-root <base64 DER certificate>       0 to 4 lines
//
// The fingerprint is the first 20 bytes of SHA-256 of the file, as ten groups of four hexadecimal digits: for a poster.
//
// Display names: UTF-8, 1 to 80 bytes, no control characters, no space at either end.
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/note.h"
#include "crypto/format/ids.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::VerifyKey;

// A root holder's signing key. In notes it signs under the name `alcove.root/<slug>`.
struct RootKey {
  std::string name;
  VerifyKey key;

  bool operator==(const RootKey&) const = default;
};

// Root holders and how many of them must sign.
struct Roots {
  std::vector<RootKey> keys;
  int threshold = 0;

  bool operator==(const Roots&) const = default;
};

inline constexpr int kMaxRoots = 16;

// `alcove.root/<slug>`: the name in note signatures.
std::string RootNoteName(std::string_view slug);

// At least `roots.threshold` distinct root keys signed the note; kUnderSigned otherwise. A signature line of a known
// root that does not verify is kBadSignature. Lines of unknown keys are not counted.
absl::Status CheckRootSignatures(std::string_view layout, const crypto::SignedNote& note, const Roots& roots);

// Adds one root holder's signature to a note's text or to a note that others have signed already; replaces an earlier
// line by the same holder. INVALID_ARGUMENT for what is neither.
absl::StatusOr<Bytes> AddRootSignature(BytesView text_or_note, std::string_view slug, const crypto::SigningKey& key);

struct OrganisationFile {
  std::string name;
  OrganisationId id;
  // host:port.
  std::string address;
  Roots roots;
  // DER certificates; empty means the system's authorities.
  std::vector<Bytes> tls_roots;

  bool operator==(const OrganisationFile&) const = default;
};

// INVALID_ARGUMENT when a field breaks a rule above.
absl::StatusOr<std::string> OrganisationText(const OrganisationFile& file);
absl::StatusOr<OrganisationFile> ParseOrganisation(std::string_view text);

// `1a2b 3c4d ...`; of the canonical text.
std::string Fingerprint(const OrganisationFile& file);

// The rule for names that people see.
bool IsDisplayName(std::string_view text);

}  // namespace alcove::format
