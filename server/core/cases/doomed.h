// What is to go: cases and entries that were decided to be deleted or whose retention is over. From the moment the row is
// there nobody reads them, as if they were gone already; the batch of storage (server/storage/shred.h) then makes them unreadable
// for good and erases the row. Until it runs a hold can still spare them.
//
// Whoever decides (approvals, retention) calls DoomCase or DoomEntries with the case as read, and puts the case as for any
// act: a second decision on the same case is then in one order with this one. Who keeps them calls Spare.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/format/kinds.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/reader.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// Why something is to go: an approval that was carried out, or (`kind` absent, `approval` zero) retention, or an escrow whose
// last day went by.
struct Cause {
  std::optional<format::ApprovalKind> kind;
  base::ApprovalId approval;
  base::Day day;  // of the decision; of an escrow, the day after its last
  bool escrow_over = false;

  friend bool operator==(const Cause&, const Cause&) = default;
};

struct DoomedEntry {
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t sequence = 0;
  Cause cause;

  friend bool operator==(const DoomedEntry&, const DoomedEntry&) = default;
};

// At least one of `whole` and `entries` is there.
struct Doomed : base::Record {
  static constexpr base::Table kTable = base::Table::kDoomed;
  std::string key() const { return base::RowKey(case_id); }

  base::CaseId case_id;
  std::optional<Cause> whole;        // the case with everything of it
  std::vector<DoomedEntry> entries;  // sorted by keyring and sequence, each once; at most kMostDoomedEntries
};

inline constexpr std::size_t kMostDoomedEntries = 1024;

// Nothing where nothing of the case is to go, which is nearly always: one look at a row that is not there.
absl::StatusOr<std::optional<base::Versioned<Doomed>>> DoomOf(const base::Reader& rows, const base::CaseId& id);

// The whole case is to go.
absl::StatusOr<bool> IsDoomed(const base::Reader& rows, const base::CaseId& id);

bool IsDoomed(const Doomed& doomed, format::Keyring keyring, std::uint32_t sequence);

// Takes body and attachments from an entry, as nobody may read them any more: what stays is the part of its envelope that the
// hashes and signatures of the thread rest on (format::ParseRedacted). Doing it twice is doing it once.
void Redact(Entry& entry);

// The case with everything of it is to go. Nothing is written that its reporter could read any more: what they see from now
// on is `cause`, and after the batch the tombstone.
absl::Status DoomCase(const Ports& ports, const base::CaseId& id, const Cause& cause, base::ChangeSet& changes);

// These entries are to go, the case stays. Each gets a leaf `entry.redacted`, in THREAD for the reporter to see, because
// clients believe in a missing body only where the record says so. What was doomed before stays doomed for the old cause.
//   NOTHING_HERE  an entry is not there
//   KIND_REFUSED  one is of a kind that may not be redacted (format::MayBeRedacted)
struct EntryPlace {
  format::Keyring keyring = format::Keyring::kThread;
  std::uint32_t sequence = 0;
};
absl::Status DoomEntries(const Ports& ports, const Case& record, std::span<const EntryPlace> entries, const Cause& cause,
                         CaseLeaves& leaves, base::ChangeSet& changes);

// A hold came first: nothing of the case is to go, and all of it can be read again. Whether anything was to go.
absl::StatusOr<bool> Spare(const base::Reader& rows, const base::CaseId& id, base::ChangeSet& changes);

// What is left of a case that went: the opening of its last leaf, `case.shredded`, and the service's signature for it. Never
// deleted, so that whoever has the receipt sees what happened.
struct Tombstone : base::Record {
  static constexpr base::Table kTable = base::Table::kTombstone;
  std::string key() const { return base::RowKey(case_id); }

  base::CaseId case_id;
  crypto::Bytes content;  // "ALL1" of kind case.shredded
  crypto::Bytes salt;     // 32 bytes
  crypto::Bytes promise;  // "ALQ1"
};

}  // namespace alcove::cases
