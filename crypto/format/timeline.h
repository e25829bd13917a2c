// A timeline: what was planned against somebody and when they asked for protection, with proofs, for whoever has to show later which
// came first. A protection officer makes it of letters that they can open (officer_letter.h); anybody checks it offline.
//
// A text file; one form only, lines end in one line feed:
//
//   alcove.timeline.v1
//   organisation <id>
//   log <base64 Ed25519 key>
//   checkpoint <base64 note | ->   `-` when nothing is published yet
//   letter <base64 ALO1> <base64 letter key, 32 bytes>     0 to 1000; its leaves follow, one line each, in order, the first the one that
//                                  says that it arrived:
//   leaf <base64 content> <base64 salt> <index | -> <base64 hashes of the inclusion proof | ->        1 to 17, as in proof.h
//   organisation-file <base64>     from here on optional, together: why the log key is this organisation's
//   directory <base64 note>
//
// The leaf of arrival holds the letter's hash, so the letter is the one of that day; the letter key is committed to in the letter, so what it
// says is what was written then. The key of one letter opens no other.
//
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/aead.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/format/officer_letter.h"
#include "crypto/format/proof.h"

namespace alcove::format {

struct ShownLetter {
  Bytes letter;
  crypto::SymmetricKey key = crypto::SymmetricKey::Blank();
  std::vector<SavedLeaf> leaves;
};

struct Timeline {
  OrganisationId organisation;
  VerifyKey log_key;
  Bytes checkpoint;  // empty when nothing is published yet
  std::vector<ShownLetter> letters;
  std::optional<Anchor> anchor;
};

absl::StatusOr<std::string> TimelineText(const Timeline& timeline);
absl::StatusOr<Timeline> ParseTimeline(std::string_view text);

struct VerifiedLetter {
  LetterSubject subject = LetterSubject::kAdverseAction;
  crypto::Plaintext words;
  // action.submitted or protection.requested first; of an action then what came after.
  std::vector<Leaf> leaves;
  uint32_t published = 0;  // of the leaves
};

struct VerifiedTimeline {
  OrganisationId organisation;
  VerifyKey log_key;
  std::vector<VerifiedLetter> letters;
  std::optional<uint64_t> tree_size;
  // As in VerifiedProof.
  std::optional<std::string> fingerprint;
};

// Everything that the file holds: anchor, checkpoint, letters under their keys, that each leaf is about its letter, inclusion of every leaf
// that has an index. The first thing that does not hold is the error.
absl::StatusOr<VerifiedTimeline> VerifyTimeline(const Timeline& timeline);

}  // namespace alcove::format
