#include "crypto/format/errors.h"

#include <absl/strings/cord.h>

#include <string>

namespace alcove::format {
namespace {

constexpr char kPayload[] = "alcove.format";

absl::Status Make(absl::StatusCode code, Refusal refusal, std::string text) {
  absl::Status status(code, text);
  status.SetPayload(kPayload, absl::Cord(std::string(1, static_cast<char>(refusal))));
  return status;
}

std::string Join(std::string_view layout, std::string_view text) {
  std::string joined(layout);
  joined += ": ";
  joined += text;
  return joined;
}

}  // namespace

absl::Status Malformed(std::string_view layout, std::string_view what) {
  return Make(absl::StatusCode::kInvalidArgument, Refusal::kMalformed, Join(layout, what) + " is not of the layout");
}

absl::Status HashMismatch(std::string_view layout, std::string_view what) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kHashMismatch,
              Join(layout, what) + " does not have the hash that was promised for it");
}

absl::Status BadSignature(std::string_view layout) {
  return Make(absl::StatusCode::kUnauthenticated, Refusal::kBadSignature, Join(layout, "the signature does not verify"));
}

absl::Status UnderSigned(std::string_view layout, int valid, int needed) {
  return Make(absl::StatusCode::kUnauthenticated, Refusal::kUnderSigned,
              Join(layout, "signed by ") + std::to_string(valid) + " of the " + std::to_string(needed) +
                  " root holders it needs");
}

absl::Status KeyCommitmentMismatch(std::string_view layout) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kKeyCommitment,
              Join(layout, "the key is not the one that was committed to"));
}

absl::Status CannotOpen(std::string_view layout) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kCannotOpen,
              Join(layout, "does not open with this key in this place"));
}

absl::Status GrantMismatch(std::string_view what) {
  return Make(absl::StatusCode::kFailedPrecondition, Refusal::kGrantMismatch, Join("grants", what));
}

absl::Status BrokenChain(std::string_view what) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kBrokenChain, Join("chain", what));
}

absl::Status Expired(std::string_view layout) {
  return Make(absl::StatusCode::kFailedPrecondition, Refusal::kExpired, Join(layout, "not valid on this day"));
}

absl::Status Older(std::string_view layout) {
  return Make(absl::StatusCode::kFailedPrecondition, Refusal::kOlder,
              Join(layout, "older than the version already accepted"));
}

absl::Status Forked(std::string_view layout) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kForked, Join(layout, "contradicts the version already accepted"));
}

absl::Status VersionGap(std::string_view layout) {
  return Make(absl::StatusCode::kFailedPrecondition, Refusal::kVersionGap,
              Join(layout, "versions between this one and the accepted one are missing"));
}

absl::Status OtherOrganisation(std::string_view layout) {
  return Make(absl::StatusCode::kInvalidArgument, Refusal::kOtherOrganisation,
              Join(layout, "belongs to another organisation"));
}

absl::Status BadProof(std::string_view what) {
  return Make(absl::StatusCode::kDataLoss, Refusal::kBadProof, Join("proof", what));
}

absl::Status WrongPassphrase() {
  return Make(absl::StatusCode::kUnauthenticated, Refusal::kWrongPassphrase,
              "key file: wrong passphrase, or the file was changed");
}

absl::Status ForgedToken() {
  return Make(absl::StatusCode::kUnauthenticated, Refusal::kForgedToken,
              "token: not issued under this key, or spent on another request");
}

std::optional<Refusal> ReasonOf(const absl::Status& status) {
  auto payload = status.GetPayload(kPayload);
  if (!payload.has_value() || payload->size() != 1) return std::nullopt;
  return static_cast<Refusal>(std::string(*payload)[0]);
}

}  // namespace alcove::format
