// A new receipt for a case: the reporter fears that somebody else has found the twelve words.
//
// The mailbox that the old words lead to is gone with the commit, like one that never was; the grants to its key are
// deleted; the new one stands in its place, and the thread goes on under a new epoch. What the old key signed before still
// verifies: the case keeps it among its former ones. The entry is signed by the old key and names the new ones inside its
// seal, so that whoever reads the thread can tell the reporter's own rotation from a server that swapped keys.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"

namespace alcove::cases {

inline constexpr std::size_t kMostFormerKeys = 16;

struct Rotation {
  std::string request_id;  // UUIDv4 text
  base::MailboxId mailbox;
  crypto::EncryptionKey encryption_key;
  crypto::VerifyKey verify_key;
  NewEntry entry;  // of kind RECEIPT_ROTATED, with the new epoch
};

// The caller is the old mailbox. Errors are those of PlaceEntry, and
//   FIELD_INVALID   "mailbox" that is taken, "mailbox_encryption_key" or "mailbox_signing_key" that is weak or not new
//   KIND_REFUSED    the entry is no rotation
//   QUOTA_EXCEEDED  kMostFormerKeys rotations
absl::StatusOr<base::Outcome<Appended>> RotateReceipt(const Ports& ports, const base::MailboxId& caller,
                                                      const Rotation& rotation);

}  // namespace alcove::cases
