// Promise, proof of filing and saved ledger: what a reporter holds against the service, and anybody can check offline.
//
// The promise "ALQ1": the service's word that a leaf will be in the next published tree. All integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALQ1"
//        4   16  organisation
//       20    4  day
//       24   32  leaf commitment (leaf.h)
//       56    4  position in the commit group, from 0
//       60    4  count of leaves in the group, 1 to 65536
//       64    1  n, length of the path: what RFC 6962 asks for this position and count, at most 16
//       65  32n  inclusion path in the tree of the group's leaf hashes, leaf to root
//    65+32n  64  Ed25519 by the log key over "alcove promise v1" 0x00 organisation 16 day 4 count 4 group root 32
//
// One signature serves all leaves of a commit group, and no promise shows anything of the other leaves.
//
// The proof of filing, a text file; one form only, lines end in one line feed:
//
//   alcove.proof.v1
//   organisation <id>
//   log <base64 Ed25519 key>
//   leaf <base64 content ALL1>
//   salt <base64, 32 bytes>
//   promise <base64 ALQ1>
//   index <n>                      from here on optional, together: the leaf is in a published tree
//   inclusion <base64 hash>*       one line: hashes leaf to root, one space between; `-` when the path is empty
//   checkpoint <base64 note>       the tree's checkpoint
//   consistency <base64 hash>*     from here on optional, together: a newer checkpoint continues it
//   newer-checkpoint <base64 note>
//   organisation-file <base64>     from here on optional, together: why the log key is this organisation's
//   directory <base64 note>
//
// The saved ledger of a case:
//
//   alcove.ledger.v1
//   organisation <id>
//   case <id>
//   log <base64 Ed25519 key>
//   checkpoint <base64 note | ->   `-` when nothing is published yet
//   leaf <base64 content> <base64 salt> <index | -> <base64 hashes of the inclusion proof, leaf to root, joined without a gap | ->
//                                  one line for each leaf of the case's chain, in order
//   organisation-file <base64>     from here on optional, together: why the log key is this organisation's
//   directory <base64 note>
//
// Verification needs no network and shares no code with the tree that the server builds: it stands on crypto/merkle.h.
// A key inside a file proves nothing by itself: compare `log_key` (or the fingerprint, where the file carries
// organisation file and directory) with what the organisation publishes.
//
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/format/checkpoint.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"

namespace alcove::format {

using crypto::Signature;

inline constexpr uint32_t kMaxCommitGroup = 65536;

// ---- the promise ----

struct Promise {
  OrganisationId organisation;
  Day day;
  Digest commitment;
  uint32_t position = 0;
  uint32_t count = 1;
  std::vector<Digest> path;
  Signature signature;

  bool operator==(const Promise&) const = default;
};

// What the log key signs, once for a commit group. `group_root` is the RFC 6962 root over the group's leaf hashes.
Signature SignPromise(const crypto::SigningKey& log_key, const OrganisationId& organisation, Day day, uint32_t count,
                      const Digest& group_root);

Bytes PromiseBytes(const Promise& promise);
absl::StatusOr<Promise> ParsePromise(BytesView bytes);

// kBadProof when the path does not fit position and count; kBadSignature when the log key did not sign the root it leads to.
absl::Status VerifyPromise(const Promise& promise, const VerifyKey& log_key);

// ---- the proof of filing ----

// The leaf is in the tree of `checkpoint`.
struct Inclusion {
  uint64_t index = 0;
  std::vector<Digest> path;
  Bytes checkpoint;
};
// The tree of `newer_checkpoint` continues that of Inclusion::checkpoint.
struct Continuation {
  std::vector<Digest> path;
  Bytes newer_checkpoint;
};
// Why the log key is the organisation's.
struct Anchor {
  std::string organisation_file;
  Bytes directory_note;
};

struct ProofOfFiling {
  OrganisationId organisation;
  VerifyKey log_key;
  Bytes leaf;
  LeafSalt salt;
  Bytes promise;
  std::optional<Inclusion> inclusion;
  // Only with inclusion.
  std::optional<Continuation> continuation;
  std::optional<Anchor> anchor;
};

absl::StatusOr<std::string> ProofText(const ProofOfFiling& proof);
absl::StatusOr<ProofOfFiling> ParseProof(std::string_view text);

// What was shown.
struct VerifiedProof {
  OrganisationId organisation;
  VerifyKey log_key;
  // The leaf, opened: kind, case, day.
  Leaf leaf;
  Digest commitment;
  // The day on which the promise was given.
  Day promised;
  // Size of the published tree that holds the leaf, and of the newer one that continues it.
  std::optional<uint64_t> tree_size;
  std::optional<uint64_t> newer_size;
  // Fingerprint of the organisation file; set when the file carries its anchor and the anchor leads to the log key:
  // compare it with the poster.
  std::optional<std::string> fingerprint;
};

// Checks everything that the file holds; the first thing that does not hold is the error.
absl::StatusOr<VerifiedProof> VerifyProof(const ProofOfFiling& proof);

// ---- the saved ledger ----

struct SavedLeaf {
  Bytes content;
  LeafSalt salt;
  // Present when the leaf is in the published tree.
  std::optional<uint64_t> index;
  std::vector<Digest> path;
};

struct SavedLedger {
  OrganisationId organisation;
  CaseId case_id;
  VerifyKey log_key;
  // Empty when nothing is published yet.
  Bytes checkpoint;
  std::vector<SavedLeaf> leaves;
  // With it the file can be checked when nobody remembers which log key was whose.
  std::optional<Anchor> anchor = {};
};

absl::StatusOr<std::string> LedgerText(const SavedLedger& ledger);
absl::StatusOr<SavedLedger> ParseLedger(std::string_view text);

struct VerifiedLedger {
  OrganisationId organisation;
  CaseId case_id;
  VerifyKey log_key;
  std::vector<Leaf> leaves;
  // Head of the case's chain: compare it with what entries quote.
  Digest head;
  // How many of the leaves are shown to be in the published tree.
  uint32_t published = 0;
  std::optional<uint64_t> tree_size;
  // As in VerifiedProof.
  std::optional<std::string> fingerprint;
};

// Anchor, chain, inclusion of every leaf that has an index, checkpoint signature. Published leaves come before the others.
absl::StatusOr<VerifiedLedger> VerifyLedger(const SavedLedger& ledger);

// ---- `alcove verify FILE` ----

enum class EvidenceKind { kProofOfFiling, kSavedLedger, kTimeline };
// By the first line; INVALID_ARGUMENT for none of them. A timeline is read by timeline.h.
absl::StatusOr<EvidenceKind> EvidenceKindOf(std::string_view text);

}  // namespace alcove::format
