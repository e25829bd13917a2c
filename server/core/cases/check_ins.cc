#include "server/core/cases/check_ins.h"

#include "crypto/format/leaf.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"

namespace alcove::cases {

std::vector<clocks::CheckInTime> CheckInsOf(const Ports& ports, const Case& record) {
  // Nobody has it who could have retaliated for it, or would read the answer.
  if (IsWaiting(record)) return {};
  const people::Profiles* profiles = ports.organisation.profiles();
  const people::Profile* profile = profiles == nullptr ? nullptr : profiles->Find(record.profile);
  const people::Profile promised;
  const people::Profile& days = profile == nullptr ? promised : *profile;
  return clocks::CheckInsOf(record.marks, days.check_in_days, record.check_ins, ports.clock.Today());
}

absl::StatusOr<Appended> PlaceCheckIn(const Ports& ports, Case& record, const clocks::CheckIn& which,
                                      const NewEntry& entry, const format::ParsedEnvelope& envelope,
                                      base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts) {
  const format::EnvelopeContext& context = envelope.context;
  if (context.kind != format::EntryKind::kCheckIn || context.keyring != format::Keyring::kThread) return KindRefused();
  if (!clocks::IsOpen(CheckInsOf(ports, record), which)) return CheckInRefused();
  const EntryAuthor author{{}, record.mailbox_verify_key, crypto::KeyIdOf(record.mailbox_verify_key),
                           format::EntryKind::kCheckIn};
  CaseLeaves leaves(ports, record, changes, drafts);
  absl::StatusOr<Appended> placed = PlaceEntry(ports, record, entry, envelope, author, leaves, changes);
  if (!placed.ok()) return placed;
  leaves.ByReporter(format::LeafKind::kEntryAppended,
                    format::details::Appended(context.keyring, context.sequence, context.entry, placed->head));
  leaves.ByReporter(format::LeafKind::kCheckInAnswered,
                    format::details::CheckInAnswered(static_cast<std::uint8_t>(which.since), which.days));
  record.check_ins.push_back(which);
  return placed;
}

}  // namespace alcove::cases
