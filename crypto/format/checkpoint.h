// A checkpoint: the published size and root of the ledger, as a C2SP checkpoint (c2sp.org/tlog-checkpoint) in a signed
// note by the log key.
//
//   alcove.ledger/<organisation id>     origin, also the name of the signing key
//   <size>                              decimal, no leading zero
//   <root>                              base64 of 32 bytes
//
// No extension line. The note carries exactly one signature line of the log key; others are not counted and not refused: while
// a log key is replaced, both keys sign, and whoever knows either of them can check.
//
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "crypto/note.h"
#include "crypto/secret.h"
#include "crypto/format/ids.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::VerifyKey;

struct Checkpoint {
  OrganisationId organisation;
  uint64_t size = 0;
  Digest root;

  bool operator==(const Checkpoint&) const = default;
};

// `alcove.ledger/<organisation id>`.
std::string LogName(const OrganisationId& organisation);

// The note's text, with its last line feed.
std::string CheckpointText(const Checkpoint& checkpoint);

// The whole note, signed; by `next` too, where there is one.
Bytes SignCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key,
                     const crypto::SigningKey* next = nullptr);

// kBadSignature unless the log key signed it; kOtherOrganisation when the origin is another.
absl::StatusOr<Checkpoint> VerifyCheckpoint(BytesView note, const OrganisationId& organisation, const VerifyKey& log_key);

}  // namespace alcove::format
