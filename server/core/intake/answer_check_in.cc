#include "server/core/intake/answer_check_in.h"

#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/check_ins.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/intake/file_report.h"

namespace alcove::intake {
namespace {

// The old case as the answer left it, and the new report behind the same wall.
absl::StatusOr<NewFiling> FileBehind(const Ports& ports, base::Versioned<cases::Case> old, const CheckInRequest& request,
                                     std::uint32_t epochs_before, base::Outcome<CheckInAnswered>& outcome) {
  absl::StatusOr<guard::Group> group = guard::GroupOf(ports.cases, std::move(old));
  if (!group.ok()) return group.status();
  absl::StatusOr<NewFiling> filing =
      FileReport(ports, *request.retaliation, &*group, outcome.changes, outcome.leaves);
  if (!filing.ok()) return filing;
  if (filing->repeated) return cases::RequestIdReused();
  // An epoch that the answer brought is not stored yet, so nobody who lost the case by the new report was purged from it.
  if (const cases::Case& record = group->front().record; record.thread.epochs > epochs_before) {
    cases::Epoch epoch =
        cases::EpochRow(record.id, format::Keyring::kThread, epochs_before, *request.entry.epoch);
    const absl::StatusOr<bool> purged = cases::PurgeEpoch(record, epoch);
    if (!purged.ok()) return purged.status();
    if (*purged) outcome.changes.Put(std::move(epoch));
  }
  guard::Put(*std::move(group), outcome.changes);
  return filing;
}

}  // namespace

absl::StatusOr<base::Outcome<CheckInAnswered>> AnswerCheckIn(const Ports& ports, const base::MailboxId& caller,
                                                             const CheckInRequest& request) {
  const cases::Ports& world = ports.cases;
  absl::StatusOr<cases::OwnCase> own = cases::ReachOwn(world, caller);
  if (!own.ok()) return own.status();
  cases::Case& record = own->record;
  absl::StatusOr<format::ParsedEnvelope> envelope = cases::ReadEnvelope(request.entry.envelope);
  if (!envelope.ok()) return envelope.status();
  if (!format::VerifyAuthor(*envelope, record.mailbox_verify_key).ok()) return cases::EnvelopeInvalid();

  const crypto::Digest head = format::EntryHash(*envelope);
  format::ByteWriter asked(128);
  asked.Fixed(head).U8(static_cast<std::uint8_t>(request.which.since)).U32(request.which.days);
  if (request.retaliation) asked.Fixed(DigestOf(*request.retaliation));
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(world, "AnswerCheckIn", request.request_id, crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<CheckInAnswered> outcome;
  if (slot->repeated) {
    outcome.answer.appended = {record.id, envelope->context.entry, head};
    if (!request.retaliation) return outcome;
    absl::StatusOr<NewFiling> again =
        FileReport(ports, *request.retaliation, nullptr, outcome.changes, outcome.leaves);
    if (!again.ok()) return again.status();
    if (!again->repeated) return base::Broken("an answer was acknowledged and its report is not there");
    outcome.answer.retaliation = std::move(again->answer);
    return outcome;
  }

  const std::uint32_t epochs = record.thread.epochs;
  absl::StatusOr<cases::Appended> placed = cases::PlaceCheckIn(world, record, request.which, request.entry, *envelope,
                                                               outcome.changes, outcome.leaves);
  if (!placed.ok()) return placed.status();
  outcome.answer.appended = *placed;
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  if (!request.retaliation) {
    if (absl::Status status = cases::PutOwn(world, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
    return outcome;
  }
  absl::StatusOr<NewFiling> filing = FileBehind(ports, *std::move(own), request, epochs, outcome);
  if (!filing.ok()) return filing.status();
  outcome.answer.retaliation = std::move(filing->answer);
  outcome.stamp = [filing = *std::move(filing)](const base::Stamps& stamps, CheckInAnswered& answer,
                                                base::ChangeSet& changes) {
    Complete(filing, stamps, *answer.retaliation, changes);
  };
  return outcome;
}

}  // namespace alcove::intake
