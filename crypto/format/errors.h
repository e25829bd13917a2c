// Why a layout was refused. Every function of this room that fails does so with a status made here, so that a caller
// can ask for the reason instead of reading the text: `ReasonOf(status)`.
//
// The texts name the layout and the field, never a value taken from the bytes: a refused input may hold somebody's name.
// Threads: everything here may be called from any thread.
#pragma once

#include <absl/status/status.h>

#include <optional>
#include <string_view>

namespace alcove::format {

enum class Refusal {
  // The bytes are not of the layout: magic, version, length, an undefined code, a field out of its range, bytes left over,
  // or text that is not in its one canonical form. INVALID_ARGUMENT.
  kMalformed = 1,
  // A hash quoted in a header is not the hash of what came with it. DATA_LOSS.
  kHashMismatch,
  // A signature does not verify, or is not by the key that the header names. UNAUTHENTICATED.
  kBadSignature,
  // Fewer than the threshold of distinct root holders signed. UNAUTHENTICATED.
  kUnderSigned,
  // The key is not the one that the header commits to. DATA_LOSS.
  kKeyCommitment,
  // Decryption failed: wrong key, other context or changed bytes; the cipher cannot tell which. DATA_LOSS.
  kCannotOpen,
  // The grant is not one that the epoch record lists, or the list of grants is not the record's. FAILED_PRECONDITION.
  kGrantMismatch,
  // An entry or leaf does not continue the chain that was seen so far. DATA_LOSS.
  kBrokenChain,
  // Today lies outside the days for which the document was signed. FAILED_PRECONDITION.
  kExpired,
  // The document is older than one already accepted. FAILED_PRECONDITION.
  kOlder,
  // Two different documents claim the same place in one history. DATA_LOSS.
  kForked,
  // Versions between the accepted one and this one were not shown. FAILED_PRECONDITION.
  kVersionGap,
  // The document belongs to another organisation. INVALID_ARGUMENT.
  kOtherOrganisation,
  // A proof does not lead to the root that was signed, or not to the key that was announced. DATA_LOSS.
  kBadProof,
  // The passphrase is wrong or the key file was changed. UNAUTHENTICATED.
  kWrongPassphrase,
  // A token was not issued under this key, or is not bound to this request. UNAUTHENTICATED.
  kForgedToken,
};

// `layout` and `what` are literals: "envelope", "body length".
absl::Status Malformed(std::string_view layout, std::string_view what);
absl::Status HashMismatch(std::string_view layout, std::string_view what);
absl::Status BadSignature(std::string_view layout);
absl::Status UnderSigned(std::string_view layout, int valid, int needed);
absl::Status KeyCommitmentMismatch(std::string_view layout);
absl::Status CannotOpen(std::string_view layout);
absl::Status GrantMismatch(std::string_view what);
absl::Status BrokenChain(std::string_view what);
absl::Status Expired(std::string_view layout);
absl::Status Older(std::string_view layout);
absl::Status Forked(std::string_view layout);
absl::Status VersionGap(std::string_view layout);
absl::Status OtherOrganisation(std::string_view layout);
absl::Status BadProof(std::string_view what);
absl::Status WrongPassphrase();
absl::Status ForgedToken();

// The reason carried by a status of this room; empty for OK and for statuses made elsewhere.
std::optional<Refusal> ReasonOf(const absl::Status& status);

}  // namespace alcove::format
