// What somebody holds against the service, checked by anybody, offline: a proof of filing, a saved ledger, a timeline or an exported
// case.
//
// It stands on crypto/format/proof.h, crypto/format/timeline.h, crypto/format/export.h and crypto/merkle.h alone: no network, and no code of the tree that the server
// builds. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/lib/exports/check.h"
#include "crypto/format/organisation.h"
#include "crypto/format/proof.h"
#include "crypto/format/timeline.h"

namespace alcove::cli {

// A file of which everything checked. One of the four is set.
struct Evidence {
  std::optional<format::VerifiedProof> proof;
  std::optional<format::VerifiedLedger> ledger;
  std::optional<format::VerifiedTimeline> timeline;
  std::optional<client::exports::CheckedArchive> archive;
  // The organisation file that the person gave for comparison, if any, is the one that the file
  // carries, byte for byte.
  std::optional<bool> same_organisation_file;
};

// INPUT_INVALID (wrong usage) when the text is no such file at all; PROMISE_INVALID, LEAF_INVALID or EXPORT_INVALID (does not verify)
// at the first thing in it that does not hold, a changed byte anywhere included. `organisation`: the organisation
// file's text, to compare with; evidence of another organisation does not verify.
absl::StatusOr<Evidence> CheckEvidence(std::string_view text, const std::optional<std::string>& organisation);

// What was shown, and what was not, in sentences.
std::string EvidenceText(const Evidence& evidence);

// The same for programs: one JSON object.
std::string EvidenceJson(const Evidence& evidence);

}  // namespace alcove::cli
