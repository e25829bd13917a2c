// Identifiers of people and what stands for them.
//
// An identifier is `emp:` and a staff number, trimmed and in upper case, or `mail:` and an e-mail address, trimmed and in
// lower case. Printable ASCII only: case mapping beyond it differs between implementations, and two devices that map one
// name differently would let its bearer read the report about them. There is one normal form, and everything that is
// hashed or sent to the OPRF is that form.
//
// The directory holds two salted hashes of an identifier, so that a reader who was named is recognised by the client
// (by identifier) and by the server (by tag, without the identifier):
//   SHA-256("alcove alias identifier v1" 0x00 salt 16 identifier)
//   SHA-256("alcove alias tag v1" 0x00 salt 16 tag 64), where the tag is the OPRF's output for the identifier
//
// Threads: any.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace alcove::format {

using crypto::Digest;
using crypto::SubjectTag;

inline constexpr size_t kMaxIdentifier = 128;

// A normalised identifier.
class Identifier {
 public:
  // INVALID_ARGUMENT when nothing is left after trimming, for other than printable ASCII, or above kMaxIdentifier.
  static absl::StatusOr<Identifier> OfStaffNumber(std::string_view number);
  // INVALID_ARGUMENT also for an inner space, or unless there is exactly one `@` with something on both sides.
  static absl::StatusOr<Identifier> OfMail(std::string_view address);
  // `emp:...` or `mail:...` as a person or a file gives it; normalises what follows the prefix.
  static absl::StatusOr<Identifier> Parse(std::string_view text);

  // The normal form, with prefix: the OPRF's input.
  const std::string& text() const { return text_; }

  bool operator==(const Identifier&) const = default;

 private:
  explicit Identifier(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct AliasSaltTag { static constexpr std::string_view kName = "alias salt"; };
using AliasSalt = crypto::FixedBytes<16, AliasSaltTag>;

Digest IdentifierAlias(const AliasSalt& salt, const Identifier& identifier);
Digest TagAlias(const AliasSalt& salt, const SubjectTag& tag);

}  // namespace alcove::format
