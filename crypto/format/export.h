// The proofs and openings of an exported case: what lets anybody who was handed the archive check it without the service.
//
// `proofs.txt`, a text file; one form only, lines end in one line feed:
//
//   alcove.export.v1
//   organisation <id>
//   case <id>
//   purpose <REGULATOR | COURT | ACCUSED>
//   day <YYYY-MM-DD>
//   log <base64 Ed25519 key>
//   checkpoint <base64 note | ->   `-` when nothing is published yet
//   organisation-file <base64>
//   directory <base64 note>        one line or more: the newest first, then each version before it, as far as keys are needed and
//                                  back to one that the roots of the organisation file signed
//   mailbox <base64 Ed25519 key>*  the reporter's keys, one line each, oldest first; none for the accused
//   leaf <as in a saved ledger>    one line for each leaf of the case's chain, in order; in the place of a leaf that is left out:
//   head <base64, 32 bytes>        the chain's head after that leaf
//   entry <THREAD | TEAM> <base64, the first 420 bytes of the envelope>
//                                  one line for each entry, THREAD first, in order; in the place of an entry that is left out:
//   hash <THREAD | TEAM> <base64, 32 bytes>   its entry hash
//   member <name> <base64 SHA-256> one line or more: the other files of the archive, in its order
//   exporter <slug> <base64 Ed25519 key>
//   signature <base64>             Ed25519 by that key over "alcove export v1" 0x00 and the SHA-256 of every line above
//
// `openings.txt`, one line for each entry of which nothing is left out, in the order of the entries:
//
//   alcove.openings.v1
//   opening <THREAD | TEAM> <sequence> <base64 content key, 32 bytes> <base64 body, as it was sealed>
//
// A content key opens one entry and no other, and the entry's header commits to it. An entry of which words are left out has no
// opening: its hash, chain and signature still check, and what the archive shows of it is the exporter's word, under their signature.
// The chain's head in the place of a leaf lets whoever holds the whole chain compare, and cannot be looked up: with the leaf's own
// commitment anybody could ask the service for its index, and so for the hour of a reporter's visit.
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
#include "crypto/format/day.h"
#include "crypto/format/envelope.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"
#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"
#include "crypto/secret.h"

namespace alcove::format {

// In the place of one leaf: shown, or the head alone.
struct ExportedLeaf {
  std::optional<SavedLeaf> leaf;
  Digest head;  // where it is not shown
};

// In the place of one entry: the first 420 bytes of its envelope, or, when these are empty, the hash alone.
struct ExportedEntry {
  Keyring keyring = Keyring::kThread;
  Bytes prefix;
  Digest hash;
};

struct ExportMember {
  std::string name;
  Digest sha256;
};

struct ExportProofs {
  OrganisationId organisation;
  CaseId case_id;
  ExportPurpose purpose = ExportPurpose::kAccused;
  Day day;
  VerifyKey log_key;
  // Empty when nothing is published yet.
  Bytes checkpoint;
  std::string organisation_file;
  std::vector<Bytes> directories;
  std::vector<VerifyKey> mailbox_keys;
  std::vector<ExportedLeaf> leaves;
  std::vector<ExportedEntry> entries;
  std::vector<ExportMember> members;
  std::string exporter;
  VerifyKey exporter_key;
  Signature signature;
};

// What opens one entry, and its sealed body.
struct Opening {
  Keyring keyring = Keyring::kThread;
  uint32_t sequence = 0;
  crypto::SymmetricKey content_key;
  Bytes body;
};

// Sets exporter_key and signature.
absl::Status SignExport(const crypto::SigningKey& exporter, ExportProofs* proofs);

absl::StatusOr<std::string> ExportText(const ExportProofs& proofs);
absl::StatusOr<ExportProofs> ParseExport(std::string_view text);

absl::StatusOr<std::string> OpeningsText(const std::vector<Opening>& openings);
absl::StatusOr<std::vector<Opening>> ParseOpenings(std::string_view text);

struct VerifiedEntry {
  Keyring keyring = Keyring::kThread;
  uint32_t sequence = 0;
  Digest hash;
  // Nothing where the hash alone is shown.
  std::optional<EnvelopeContext> context;
  // Slug of who signed; empty for the reporter.
  std::string author;
  // What it says, where it has an opening.
  std::optional<crypto::Plaintext> text;
};

struct VerifiedExport {
  OrganisationId organisation;
  CaseId case_id;
  ExportPurpose purpose = ExportPurpose::kAccused;
  Day day;
  VerifyKey log_key;
  std::string fingerprint;  // of the organisation file
  std::string exporter;
  // One for each number of the case's chain, from 1; nothing where it is left out.
  std::vector<std::optional<Leaf>> leaves;
  Digest head;
  // How many of the shown leaves are in the published tree.
  uint32_t published = 0;
  std::optional<uint64_t> tree_size;
  std::vector<VerifiedEntry> entries;
};

// Everything but the members' hashes, which are for whoever has the files:
//   the organisation file vouches for a directory, that one for those after it, each for the one before it, and the newest for the log key
//   and the exporter's; the exporter signed, and the chain says that they exported for this purpose;
//   chain, commitment and inclusion of every leaf that is shown; the checkpoint's signature;
//   order, chain and signature of every entry that is shown, what it quotes of the case's chain, and what shown leaves say of it;
//   every opening: body, commitment, seal.
// The first thing that does not hold is the error. No clock: what was good when it was made stays good.
absl::StatusOr<VerifiedExport> VerifyExport(const ExportProofs& proofs, const std::vector<Opening>& openings);

}  // namespace alcove::format
