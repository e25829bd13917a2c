// What is left of a case that is to go or is gone, checked by whoever has its receipt.
//
// Before the service has shredded it there is its word only. Afterwards there is a proof: the last leaf of the case, signed by
// the directory's log key, that names this organisation, this case and, by a hash, this mailbox. What the answer says beside it
// has to be what the leaf says. So a server can neither show one reporter the tombstone of another's case nor call a deletion
// what was none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "client/lib/directory.h"
#include "crypto/format/day.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"
#include "crypto/format/organisation.h"
#include "crypto/format/proof.h"

namespace alcove::client {

struct Tombstone {
  format::CaseId case_id;
  std::optional<format::ApprovalKind> cause;  // nothing: the time for which it was kept is over
  // The last day of an escrow is over. Whether it is gone or with a team that is silent is not told, so nothing proves it.
  bool escrow_over = false;
  format::ApprovalId approval;                // zero where there was none
  format::Day decided;
  // Once it was shredded: what proves it, for a file that `alcove verify` reads, the day, and whether the published ledger
  // has it already.
  std::optional<format::ProofOfFiling> proof;
  format::Day shredded;
  uint32_t key_epoch = 0;
  bool published = false;
};

// kTombstoneInvalid for whatever does not hold; kAnswerMalformed for what is no answer.
absl::StatusOr<Tombstone> CheckTombstone(const format::OrganisationFile& organisation, const CheckedDirectory& directory,
                                         const format::MailboxId& mailbox, const v1::GetMailboxResponse& answer);

// Two or three sentences for a person.
std::string TombstoneText(const Tombstone& tombstone);

}  // namespace alcove::client
