// The ZIP around an exported case: a few files in one folder, stored as they are, no times, no owners.
//
// Written by libarchive, so that every program that knows ZIP opens it. Read back by hand, strictly: every byte of what the writer
// makes has one value here, so one changed bit anywhere is found, in places as well that other readers pass over (times, attributes,
// bytes between members). What another program has packed anew is refused; unpacked, the files themselves are the same.
// The reader uses no code of the writer. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace alcove::client::exports {

// What a client reads at once (files.h).
inline constexpr size_t kMostArchiveBytes = 64u << 20;

struct Member {
  std::string name;
  std::string text;

  friend bool operator==(const Member&, const Member&) = default;
};

// The begin of a ZIP: what tells it from other evidence.
inline bool IsArchive(std::string_view bytes) { return bytes.starts_with("PK\3\4"); }

// The same members give the same bytes, at any time and in any time zone. kInputInvalid when it is larger than kMostArchiveBytes.
absl::StatusOr<std::string> WriteArchive(const std::vector<Member>& members);

// kExportInvalid for everything that WriteArchive does not make.
absl::StatusOr<std::vector<Member>> ReadArchive(std::string_view bytes);

}  // namespace alcove::client::exports
