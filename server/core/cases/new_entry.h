// An entry as it arrives, and the checks that every author's entry passes before anything of it is kept.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/envelope.h"
#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"
#include "server/core/grants/epoch_check.h"

namespace alcove::cases {

// Views point into the request; the decision copies what it keeps.
struct NewEntry {
  crypto::BytesView envelope;
  std::vector<BlobName> blobs;
  std::optional<grants::NewEpoch> epoch;
};

struct Appended {
  base::CaseId case_id;
  base::EntryId entry;
  crypto::Digest head;  // of the entry's keyring now
};

inline constexpr std::size_t kMaxBlobsOfEntry = 32;
// Entries of a thread after which its reporter writes no more: one filing does not buy the whole disk. The team still
// answers.
inline constexpr std::uint32_t kMaxThreadOfReporter = 2000;
inline constexpr std::uint32_t kMaxBlobBytes = 104857600;        // of the file, before the stream's own bytes
inline constexpr std::uint32_t kBlobPartBytes = 131072;
inline constexpr std::uint32_t kMaxBlobCiphertext = 106954752;   // with padding (Padmé) and the stream's bytes

// The envelope's form and the hash of its body. ENVELOPE_INVALID.
absl::StatusOr<format::ParsedEnvelope> ReadEnvelope(crypto::BytesView envelope);

// The list of blobs is the one that the envelope names, each once and of a size that may be. ENVELOPE_INVALID when the
// hash differs, FIELD_INVALID("entry.blobs") for the rest.
absl::Status CheckBlobList(const std::vector<BlobName>& blobs, const format::ParsedEnvelope& envelope);

// Who writes an entry to a case that exists.
struct EntryAuthor {
  base::StaffSlug staff;     // empty: the reporter
  crypto::VerifyKey key;     // the key whose signature the envelope must carry
  crypto::KeyId key_id;
  // The one kind that the method makes; nothing: SendMessage or AppendEntry, which make any kind that has no method.
  std::optional<format::EntryKind> only = std::nullopt;
};

// An entry of the team: its envelope, read, and its author, verified.
struct TeamEntry {
  format::ParsedEnvelope envelope;
  EntryAuthor author;
};
// The envelope is signed with a key that the caller has in the directory. ENVELOPE_INVALID.
absl::StatusOr<TeamEntry> ReadTeamEntry(const Ports& ports, const people::Person& caller, crypto::BytesView envelope);

// Everything between an arrived entry and its rows, for every method that brings one. `envelope` was read and its
// author verified; `record` is the case as read and gets its new heads. Checks binding, kind, place in the chain, what the
// author saw of the chain of leaves, epoch (current, or the new one that is due), blobs and quota; puts entry, epoch and
// blobs. The team's first entry of THREAD unveils an escrow (escrow.h). Whoever may not read on when a new epoch comes loses the case (losses.h). The caller puts the case and drafts
// the leaf of the entry.
//
//   ENVELOPE_INVALID  bound to another organisation or case, a day that cannot be, leaves it cannot have seen
//   KIND_REFUSED      not in the table of kinds.h, or not the kind that the method makes
//   ETAG_STALE        not the next in its keyring: somebody wrote meanwhile
//   EPOCH_STALE       a new epoch is due and did not come, or sealed under another than the current
//   EPOCH_INVALID     an epoch that is not due, or its record does not fit
//   GRANTS_MISMATCH   readers or grants are not exactly those who remain
absl::StatusOr<Appended> PlaceEntry(const Ports& ports, Case& record, const NewEntry& entry,
                                    const format::ParsedEnvelope& envelope, const EntryAuthor& author,
                                    CaseLeaves& leaves, base::ChangeSet& changes);

// The rows of blobs that an entry names, and their weight on the case's quota. QUOTA_EXCEEDED.
absl::Status NameBlobs(const Ports& ports, Case& record, const std::vector<BlobName>& blobs, format::Keyring keyring,
                       std::uint32_t sequence, const base::StaffSlug& author, base::ChangeSet& changes);

// A day that an author may put on an entry: not before the keyring's last, and within a day of ours.
bool DayCanBe(base::Day day, base::Day last, base::Day today);

// An epoch's row.
Epoch EpochRow(const base::CaseId& case_id, format::Keyring keyring, std::uint32_t number, const grants::NewEpoch& epoch);

}  // namespace alcove::cases
