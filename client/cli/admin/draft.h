// Drafts of signed documents. Pure: from parsed inputs to a text that `alcove org sign` takes.
//
// The roster is JSON:
//
//   {"days": 90,
//    "desks": {"intake": "Intake desk"},
//    "people": [{"person": "ana", "roles": ["investigator"], "desks": ["intake"]},
//               {"person": "lea", "roles": ["fallback"], "outside": true}]}
//
// It says who may do what. Keys and identifiers come from enrolment requests; two requests of one person are their two
// machines, and so is one request of a person who has keys already. A machine that was lost, or whose key was rotated, is
// named by its fingerprint and listed no longer. People without a request keep the keys of the previous version. Whoever the
// roster does not name is out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/enrolment.h"
#include "crypto/format/day.h"
#include "crypto/format/directory.h"
#include "crypto/random.h"

namespace alcove::cli {

// A machine that is lost or whose key was rotated: its fingerprint as `alcove staff whoami` prints it, 16 digits.
struct RetiredMachine {
  std::string slug;
  std::string fingerprint;
};

// What a directory is drafted from. Views; whatever they point to outlives the call.
struct DirectoryDraft {
  const format::OrganisationFile& organisation;
  // Null for the first version.
  const format::DirectoryNote* previous = nullptr;
  std::string_view roster;
  const std::vector<client::Enrolment>& enrolments;
  const std::vector<RetiredMachine>& retired;
  // The first version needs it; a later one keeps what the previous has unless another is given.
  std::optional<crypto::VerifyKey> log_key;
  // Issue tokens, beside those of the previous version that still hold; one of the same kind and quarter takes its place.
  const std::vector<format::TokenKey>& token_keys;
  // Who signs from the version after this one on: the previous version's (the first: the organisation file's) unless given.
  std::optional<format::Roots> next_roots;
  format::Day today;
};

// The next directory version. kInputInvalid names the person or field that is wrong: an enrolment of another organisation,
// somebody without keys, an unknown role, a machine that nobody has.
absl::StatusOr<std::string> DraftDirectory(const DirectoryDraft& draft, crypto::Random& random);

}  // namespace alcove::cli
