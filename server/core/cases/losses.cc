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

// Another machine of theirs has a grant of this keyring.
bool HasMachine(const Ports& ports, const KeyringState& state, const base::StaffSlug& staff) {
  const people::Person* person = ports.organisation.FindPerson(staff);
  return std::any_of(state.holders.begin(), state.holders.end(), [&](const grants::Holder& holder) {
    return holder.staff == staff && !holder.lost && person->DeviceOf(holder.key_id) != nullptr;
  });
}

void AddOnce(std::vector<base::StaffSlug>& people, const base::StaffSlug& staff) {
  if (std::find(people.begin(), people.end(), staff) == people.end()) people.push_back(staff);
}

struct Marked {
  std::vector<base::StaffSlug> people;    // whose lines were marked as lost
  std::vector<base::StaffSlug> machines;  // who reads on and lost a machine
};

// A guest's days are not counted when `guests_stay`.
Marked MarkLost(const Ports& ports, Case& record, const std::optional<Leaving>& leaving, bool guests_stay) {
  const base::Day today = ports.clock.Today();
  Marked marked;
  for (KeyringState* state : {&record.thread, &record.team}) {
    for (grants::Holder& holder : state->holders) {
      const bool leaves = leaving && leaving->staff == holder.staff;
      if (holder.lost) continue;
      const base::Day counted = guests_stay && holder.until ? std::min(today, *holder.until) : today;
      if (leaves || !grants::PersonReadsOn(holder, ports.organisation, record.wall, counted)) {
        holder.lost = true;
        AddOnce(marked.people, holder.staff);
      } else if (!holder.key_id.IsZero() &&
                 ports.organisation.FindPerson(holder.staff)->DeviceOf(holder.key_id) == nullptr) {
        if (HasMachine(ports, *state, holder.staff)) holder.lost = true;
        else holder.key_id = {};
        AddOnce(marked.machines, holder.staff);
      }
    }
  }
  return marked;
}

bool IsFace(const Case& record) { return record.escrow && record.escrow->is_face; }

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

std::uint8_t MachinesOf(const Case& record, const base::StaffSlug& staff) {
  return static_cast<std::uint8_t>(
      std::count_if(record.thread.holders.begin(), record.thread.holders.end(), [&](const grants::Holder& holder) {
        return holder.staff == staff && !holder.lost && !holder.key_id.IsZero();
      }));
}

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
  if (IsFace(record)) return absl::OkStatus();
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
  const Marked marked = MarkLost(ports, record, leaving, guests_stay);
  if (marked.people.empty() && marked.machines.empty()) return absl::OkStatus();
  if (absl::Status status = PurgeGrants(ports, record, changes); !status.ok()) return status;
  for (const base::StaffSlug& staff : marked.machines)
    leaves.ByServer(format::LeafKind::kReaderMachines,
                    format::details::ReaderMachines(staff.text(), MachinesOf(record, staff)));
  for (const base::StaffSlug& staff : marked.people) {
    if (HasLine(record, staff)) continue;
    if (!IsFace(record)) changes.Delete(Membership::kTable, base::RowKey(staff, record.id));
    if (leaving && leaving->by_choice && leaving->staff == staff) {
      leaves.ByStaff(format::LeafKind::kReaderLost, staff, format::details::ReaderLost(staff.text()));
    } else {
      leaves.ByServer(format::LeafKind::kReaderLost, format::details::ReaderLost(staff.text()));
    }
  }
  return absl::OkStatus();
}

}  // namespace alcove::cases
