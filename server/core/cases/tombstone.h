// What is written down when a case was shredded: its last leaf, and the tombstone that its reporter sees for good.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <vector>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/reader.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// Of a case whose rows are gone: what the tombstone says of it, and who has to forget it.
struct GoneCase {
  base::CaseId id;
  base::MailboxId mailbox;
  Cause cause;
  std::uint32_t leaf_count = 0;  // the chain goes on by one, so that a record saved earlier leads to the tombstone
  crypto::Digest leaf_head;
  base::Day leaf_day;
  std::vector<base::CaseId> linked;
  std::vector<base::EmployeeId> about;  // of an escrow: on whose rolls it stands
};

GoneCase GoneCaseOf(const Case& record, const Cause& cause);

// One transaction over a store in which the case's rows are gone already: the leaf `case.shredded`, the tombstone (put once
// the leaf has its signature), the row of kDoomed erased, the case taken from those that stood behind one wall with it and
// from the rolls of escrows.
// `key_epoch` is that of the key under which the case was kept. Day of the leaf: `today`, or the chain's last if that is later.
absl::StatusOr<base::Transaction> DecideTombstone(const base::Reader& rows, const base::OrganisationId& organisation,
                                                  base::Day today, const GoneCase& gone, std::uint32_t key_epoch,
                                                  crypto::Random& random);

// The bodies of these entries are gone: nothing of the case is to go any more.
absl::StatusOr<base::Transaction> DecideRedacted(const base::Reader& rows, const base::CaseId& id);

}  // namespace alcove::cases
