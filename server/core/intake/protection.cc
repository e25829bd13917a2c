#include "server/core/intake/protection.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/requests.h"
#include "server/core/grants/errors.h"
#include "server/core/intake/errors.h"
#include "server/core/ledger/draft.h"

namespace alcove::intake {

absl::StatusOr<format::ParsedOfficerLetter> CheckLetter(const people::Organisation& organisation,
                                                        format::LetterSubject subject, crypto::BytesView letter) {
  std::vector<crypto::KeyId> officers;
  for (const people::Person* officer : organisation.With(people::Role::kProtectionOfficer))
    for (const people::Device& device : officer->devices) officers.push_back(device.encryption_key_id);
  if (officers.empty()) return OfficerMissing();
  absl::StatusOr<format::ParsedOfficerLetter> parsed = format::ParseOfficerLetter(letter);
  if (!parsed.ok() || parsed->subject != subject || parsed->organisation != organisation.id())
    return cases::EnvelopeInvalid();
  std::vector<crypto::KeyId> sealed_to;
  for (std::size_t i = 0; i < parsed->key_count; ++i) sealed_to.push_back(parsed->KeyAt(i));
  std::sort(officers.begin(), officers.end());
  std::sort(sealed_to.begin(), sealed_to.end());
  if (officers != sealed_to) return grants::GrantsMismatch();
  return parsed;
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
