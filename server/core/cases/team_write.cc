// What the team changes.
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/meaning.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/states.h"
#include "server/core/cases/team.h"

namespace alcove::cases {
namespace {

// What a change asks for. Texts longer than any valid one are cut before they are hashed: they are refused anyway.
crypto::Digest DigestOf(std::string_view method, const base::CaseId& id, std::string_view etag, std::uint8_t state,
                        std::string_view reason) {
  return crypto::Blake2b256(format::ByteWriter(256)
                                .Short(method)
                                .Fixed(id)
                                .Short(etag.substr(0, 255))
                                .U8(state)
                                .Short(reason.substr(0, 255))
                                .bytes());
}

}  // namespace

absl::StatusOr<base::Outcome<Appended>> AppendEntry(const Ports& ports, const base::StaffSlug& caller,
                                                    const base::CaseId& id, const std::string& request_id,
                                                    const NewEntry& entry) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  const absl::StatusOr<TeamEntry> read = ReadTeamEntry(ports, *reach->person, entry.envelope);
  if (!read.ok()) return read.status();
  const format::EnvelopeContext& context = read->envelope.context;
  const crypto::Digest head = format::EntryHash(read->envelope);
  absl::StatusOr<RequestSlot> slot = OpenRequest(ports, ScopeOf(caller), request_id, head);
  if (!slot.ok()) return slot.status();
  base::Outcome<Appended> outcome;
  if (slot->repeated) {
    outcome.answer = {id, context.entry, head};
    return outcome;
  }
  Case& record = reach->found.record;
  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  absl::StatusOr<Appended> placed =
      PlaceEntry(ports, record, entry, read->envelope, read->author, leaves, outcome.changes);
  if (!placed.ok()) return placed.status();
  outcome.answer = *placed;
  leaves.ByStaffIn(context.keyring, format::LeafKind::kEntryAppended, caller,
                   format::details::Appended(context.keyring, context.sequence, context.entry, head));
  if (absl::Status status = TakeMeaning(ports, record, context, caller, leaves); !status.ok()) return status;
  CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> ClaimCase(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<RequestSlot> slot =
      OpenRequest(ports, ScopeOf(caller), request_id, DigestOf("ClaimCase", id, etag, 0, ""));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::string> outcome;
  if (slot->repeated) {
    outcome.answer = slot->repeated->answer;
    return outcome;
  }
  Case& record = reach->found.record;
  if (etag != EtagOf(ports, record)) return base::EtagStale();
  if (record.assignee != caller || record.claimed) return TransitionRefused();
  record.claimed = true;
  record.marks.claimed = ports.clock.Today();
  record.revision += 1;
  outcome.answer = EtagOf(ports, record);
  CaseLeaves(ports, record, outcome.changes, outcome.leaves).ByStaff(format::LeafKind::kCaseClaimed, caller);
  CloseRequest(*std::move(slot), outcome.answer, outcome.changes);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

absl::StatusOr<base::Outcome<Moved>> ChangeCaseState(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id, State to,
                                                     const std::string& reason) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<RequestSlot> slot =
      OpenRequest(ports, ScopeOf(caller), request_id,
                  DigestOf("ChangeCaseState", id, etag, static_cast<std::uint8_t>(to), reason));
  if (!slot.ok()) return slot.status();
  base::Outcome<Moved> outcome;
  if (slot->repeated) {
    outcome.answer = {slot->repeated->answer, to};
    return outcome;
  }
  Case& record = reach->found.record;
  if (etag != EtagOf(ports, record)) return base::EtagStale();
  const bool resumes = Resumes(record.state) && record.resumes_to == to;
  const Move* move = FindMove(record.state, to);
  if (!resumes && (move == nullptr || move->mover != Mover::kTeam)) return TransitionRefused();
  const std::string_view list = resumes ? std::string_view() : move->reason_list;
  if (absl::Status status = CheckReason(ports, list, reason); !status.ok()) return status;
  // Going back to where it was passes no point.
  if (!resumes) {
    if (absl::Status status = CheckReady(ports, record, *move, reason); !status.ok()) return status;
  }

  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  MakeMove(ports, record, to, reason, caller, leaves, outcome.changes);
  outcome.answer = {EtagOf(ports, record), to};
  CloseRequest(*std::move(slot), outcome.answer.etag, outcome.changes);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::cases
