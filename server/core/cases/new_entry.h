// An entry as it arrives, and the checks that every author's entry passes before anything of it is kept.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
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
inline constexpr std::uint32_t kMaxBlobBytes = 104857600;        // of the file, before the stream's own bytes
inline constexpr std::uint32_t kBlobPartBytes = 131072;
inline constexpr std::uint32_t kMaxBlobCiphertext = 106954752;   // with padding (Padmé) and the stream's bytes

}  // namespace alcove::cases
