#include "server/core/casework/act.h"

#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/cases/leaves.h"

namespace alcove::casework {

std::optional<Written> Act::Repeated() const {
  if (!slot.repeated) return std::nullopt;
  Written written{slot.repeated->answer, std::nullopt};
  if (entry)
    written.entry = {reach.found.record.id, entry->envelope.context.entry, format::EntryHash(entry->envelope)};
  return written;
}

absl::StatusOr<Act> Begin(const cases::Ports& ports, const Asking& asking, format::ByteWriter asked) {
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, asking.caller, asking.id);
  if (!reach.ok()) return reach.status();
  Act act{*std::move(reach), std::nullopt, {}};
  asked.Fixed(asking.id);
  if (asking.entry != nullptr) {
    absl::StatusOr<cases::TeamEntry> entry = cases::ReadTeamEntry(ports, *act.reach.person, asking.entry->envelope);
    if (!entry.ok()) return entry.status();
    entry->author.only = asking.kind;
    asked.Fixed(format::EntryHash(entry->envelope));
    act.entry = *std::move(entry);
  }
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(ports, cases::ScopeOf(asking.caller), asking.request_id,
                                                               crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  act.slot = *std::move(slot);
  return act;
}

absl::Status Complete(const cases::Ports& ports, const Asking& asking, Act act, format::LeafKind leaf,
                      crypto::Bytes details, base::Outcome<Written>& outcome) {
  cases::Case& record = act.record();
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  if (act.entry) {
    const format::EnvelopeContext& context = act.entry->envelope.context;
    absl::StatusOr<cases::Appended> placed = cases::PlaceEntry(ports, record, *asking.entry, act.entry->envelope,
                                                               act.entry->author, leaves, outcome.changes);
    if (!placed.ok()) return placed.status();
    leaves.HiddenByStaff(format::LeafKind::kEntryAppended, asking.caller,
                         format::details::Appended(context.keyring, context.sequence, context.entry, placed->head));
    outcome.answer.entry = *std::move(placed);
  }
  leaves.HiddenByStaff(leaf, asking.caller, std::move(details));
  cases::CloseRequest(std::move(act.slot), outcome.answer.etag, outcome.changes);
  outcome.changes.Update(std::move(record), act.reach.found.version);
  return absl::OkStatus();
}

}  // namespace alcove::casework
