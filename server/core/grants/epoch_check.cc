#include "server/core/grants/epoch_check.h"

#include <algorithm>

#include "server/core/grants/errors.h"

namespace alcove::grants {
namespace {

// Equal as sets. The format refuses a key that stands twice, and at most 64 lines make a pass over pairs cheap.
bool SameReaders(const format::ParsedEpoch& record, std::span<const Required> readers) {
  if (record.reader_count != readers.size()) return false;
  for (std::size_t i = 0; i < record.reader_count; ++i) {
    const format::EpochReader line = record.ReaderAt(i);
    if (std::find(readers.begin(), readers.end(), Required{line.key, line.condition}) == readers.end()) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckNewEpoch(const NewEpoch& epoch, const Binding& binding, std::span<const Required> readers) {
  absl::StatusOr<format::ParsedEpoch> record = format::ParseEpoch(epoch.record);
  if (!record.ok()) return EpochInvalid();
  if (record->scope != binding.scope || record->maker != binding.maker ||
      record->directory_version != binding.directory_version)
    return EpochInvalid();
  if (!SameReaders(*record, readers)) return GrantsMismatch();
  if (!format::CheckGrants(*record, epoch.grants).ok()) return GrantsMismatch();
  return absl::OkStatus();
}

}  // namespace alcove::grants
