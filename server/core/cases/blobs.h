// Attachments: ciphertext in parts of 128 KiB, under names that entries gave them. The right to a blob is the right to the
// entry that names it; only its author may write it. Parts arrive in order, and a part that arrived may come again with
// the same bytes, so that an upload goes on after a broken line.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <variant>

#include "crypto/bytes.h"
#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

using BlobCaller = std::variant<base::MailboxId, base::StaffSlug>;

struct BlobStatus {
  std::uint32_t size = 0;
  std::uint32_t received = 0;
};

absl::StatusOr<BlobStatus> GetBlob(const Ports& ports, const BlobCaller& caller, const base::BlobId& id);

// Answers the bytes received and durable after this part.
absl::StatusOr<base::Outcome<std::uint32_t>> WriteBlobPart(const Ports& ports, const BlobCaller& caller,
                                                           const base::BlobId& id, std::uint32_t offset,
                                                           crypto::BytesView data);

// Empty at the end of what has arrived. Staff's read of the first part is a leaf.
absl::StatusOr<base::Outcome<crypto::Bytes>> ReadBlobPart(const Ports& ports, const BlobCaller& caller,
                                                          const base::BlobId& id, std::uint32_t offset);

}  // namespace alcove::cases
