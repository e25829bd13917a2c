#include "server/core/intake/protection.h"

#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/cases/letters.h"
#include "server/core/cases/requests.h"
#include "server/core/intake/errors.h"
#include "server/core/ledger/draft.h"

namespace alcove::intake {

absl::StatusOr<format::ParsedOfficerLetter> CheckLetter(const people::Organisation& organisation,
                                                        format::LetterSubject subject, crypto::BytesView letter) {
  return cases::CheckLetter(organisation, people::Role::kProtectionOfficer, subject, letter, OfficerMissing());
}

absl::StatusOr<base::Outcome<std::monostate>> RequestProtection(const cases::Ports& ports, const std::string& request_id,
                                                                crypto::BytesView letter) {
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, "RequestProtection", request_id, crypto::Blake2b256(letter));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  const absl::StatusOr<format::ParsedOfficerLetter> parsed =
      CheckLetter(ports.organisation, format::LetterSubject::kProtectionRequest, letter);
  if (!parsed.ok()) return parsed.status();

  ProtectionRequest request;
  request.id = *base::ProtectionRequestId::FromBytes(parsed->id);
  request.day = ports.clock.Today();
  request.letter = crypto::Bytes(letter);
  const auto taken = ports.rows.Get<ProtectionRequest>(request.key());
  if (!taken.ok()) return taken.status();
  if (*taken) return base::FieldInvalid("letter");
  const crypto::Bytes details = format::details::ProtectionRequested(request.id, crypto::Sha256(letter));
  request.leaf = ledger::DraftLeaf(ports.organisation.id(),
                                   ledger::Act::OfReporter(format::LeafKind::kProtectionRequested, request.day, details),
                                   ports.random, outcome.changes, outcome.leaves);
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Insert(std::move(request));
  return outcome;
}

}  // namespace alcove::intake
