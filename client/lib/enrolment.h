// A request to be listed in the directory: what a person's machine hands to the root holders.
//
// Text, one form only; the lines in this order:
//
//   alcove.enrolment.v1
//   organisation <id>
//   person <slug>
//   name <display name>
//   device <base64 X25519> <base64 Ed25519>
//   identifier <normal form, emp:... or mail:...> <base64 tag, 64 bytes>      0 to 8
//   signature <base64 Ed25519, label "alcove enrolment v1", over the lines before>
//
// The signature proves that whoever asks holds the key, no more: who they are is for the root holders to know. The
// identifiers are in clear here because whoever drafts the directory salts and hashes them; the request goes to that
// person only. Tags are the server's OPRF of the identifiers, evaluated blinded by the person's own machine, so that a
// named member of staff is recognised without the server ever seeing a number or an address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/format/directory.h"
#include "crypto/format/ids.h"
#include "crypto/format/tag.h"
#include "crypto/secret.h"

namespace alcove::client {

struct EnrolledIdentifier {
  format::Identifier identifier;
  crypto::SubjectTag tag;
};

struct Enrolment {
  format::OrganisationId organisation;
  std::string slug;
  std::string name;
  format::Device device;
  std::vector<EnrolledIdentifier> identifiers;
};

// The request, signed with the key of `enrolment.device`.
std::string EnrolmentText(const Enrolment& enrolment, const crypto::SigningKey& key);

// kInputInvalid when the text is not of the form or its signature does not verify.
absl::StatusOr<Enrolment> ParseEnrolment(std::string_view text);

// What two people compare by word of mouth: the first 16 digits of the id of a machine's signing key.
std::string FingerprintOf(const crypto::VerifyKey& signing);

}  // namespace alcove::client
