#include "server/core/cases/losses.h"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/cases/show.h"
#include "server/core/clocks/seen.h"
#include "server/core/grants/readers.h"

namespace alcove::cases {
namespace {

// Whose lines were marked. A guest's days are not counted when `guests_stay`.
std::vector<base::StaffSlug> MarkLost(const Ports& ports, Case& record, const std::optional<Leaving>& leaving,
                                      bool guests_stay) {
  const base::Day today = ports.clock.Today();
  std::vector<base::StaffSlug> people;
  for (KeyringState* state : {&record.thread, &record.team}) {
    for (grants::Holder& holder : state->holders) {
      const bool leaves = leaving && leaving->staff == holder.staff;
      if (holder.lost) continue;
      const base::Day counted = guests_stay && holder.until ? std::min(today, *holder.until) : today;
      if (!leaves && grants::MayReadOn(holder, ports.organisation, record.wall, counted)) continue;
      holder.lost = true;
      if (std::find(people.begin(), people.end(), holder.staff) == people.end()) people.push_back(holder.staff);
    }
  }
  return people;
}

bool HasLine(const Case& record, const base::StaffSlug& staff) {
  return std::any_of(record.thread.holders.begin(), record.thread.holders.end(),
                     [&](const grants::Holder& holder) { return !holder.lost && holder.staff == staff; });
}

bool IsKept(const Case& record, const crypto::KeyId& key) {
  if (key == crypto::KeyIdOf(record.mailbox_encryption_key)) return true;
  for (const KeyringState* state : {&record.thread, &record.team})
    for (const grants::Holder& holder : state->holders)
      if (!holder.lost && holder.key_id == key) return true;
  return false;
}

}  // namespace

absl::StatusOr<bool> PurgeEpoch(const Case& record, Epoch& epoch) {
  const absl::StatusOr<format::ParsedEpoch> readers = format::ParseEpoch(epoch.record);
  if (!readers.ok() || readers->reader_count != epoch.grants.size()) return base::Broken("a stored epoch is damaged");
  bool purged = false;
  for (std::size_t i = 0; i < epoch.grants.size(); ++i) {
    if (epoch.grants[i].empty() || IsKept(record, readers->ReaderAt(i).key)) continue;
    epoch.grants[i].clear();
    purged = true;
  }
  return std::erase_if(epoch.added, [&](const crypto::Bytes& bytes) {
           const absl::StatusOr<format::ParsedGrant> grant = format::ParseGrant(bytes);
           return !grant.ok() || !IsKept(record, grant->recipient);
         }) > 0 || purged;
}

absl::Status PurgeGrants(const Ports& ports, const Case& record, base::ChangeSet& changes) {
  for (const format::Keyring keyring : {format::Keyring::kThread, format::Keyring::kTeam}) {
    absl::StatusOr<std::vector<Epoch>> epochs = EpochsOf(ports, record, keyring);
    if (!epochs.ok()) return epochs.status();
    for (Epoch& epoch : *epochs) {
      const absl::StatusOr<bool> purged = PurgeEpoch(record, epoch);
      if (!purged.ok()) return purged.status();
      if (*purged) changes.Put(std::move(epoch));
    }
  }
  return absl::OkStatus();
}

absl::Status LoseReaders(const Ports& ports, Case& record, const std::optional<Leaving>& leaving, EndedGuests guests,
                         CaseLeaves& leaves, base::ChangeSet& changes) {
  bool guests_stay = false;
  if (guests == EndedGuests::kStayWhileFrozen) {
    const absl::StatusOr<bool> held = clocks::HoldsNow(ports.rows, ports.clock.Now());
    if (!held.ok()) return held.status();
    guests_stay = *held;
  }
  const std::vector<base::StaffSlug> people = MarkLost(ports, record, leaving, guests_stay);
  if (people.empty()) return absl::OkStatus();
  if (absl::Status status = PurgeGrants(ports, record, changes); !status.ok()) return status;
  for (const base::StaffSlug& staff : people) {
    if (HasLine(record, staff)) continue;
    changes.Delete(Membership::kTable, base::RowKey(staff, record.id));
    if (leaving && leaving->by_choice && leaving->staff == staff) {
      leaves.ByStaff(format::LeafKind::kReaderLost, staff, format::details::ReaderLost(staff.text()));
    } else {
      leaves.ByServer(format::LeafKind::kReaderLost, format::details::ReaderLost(staff.text()));
    }
  }
  return absl::OkStatus();
}

}  // namespace alcove::cases
