// How far a sync came, beside the file that is synced: `FILE.sync`, mode 0600. A run that was broken off goes on where it stopped when
// the same command is given again with the same file; with another file, or once the service has dropped what was staged, it begins anew.
// Holds a name that was drawn for the sync, a hash of the file and counts: nothing about anybody.
//
//   alcove.sync.v1
//   file <SHA-256 of the file, hexadecimal>
//   mode <full | delta>
//   sync <syncs/...>
//   commit <UUIDv4 of the commit>
//   pages <how many were taken>
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alcove::cli {

struct SyncProgress {
  std::string file_hash;
  bool delta = false;
  std::string sync;
  std::string commit_request_id;
  std::uint32_t pages = 0;

  bool operator==(const SyncProgress&) const = default;
};

std::string SyncProgressPath(const std::string& file);
std::string SyncProgressText(const SyncProgress& progress);
// Nothing for any other text: whoever cannot tell how far they came begins anew.
std::optional<SyncProgress> ParseSyncProgress(std::string_view text);

}  // namespace alcove::cli
