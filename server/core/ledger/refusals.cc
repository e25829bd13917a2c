#include "server/core/ledger/refusals.h"

#include <chrono>
#include <utility>

#include "server/core/ledger/draft.h"
#include "server/core/ledger/records.h"

namespace alcove::ledger {

absl::StatusOr<base::Outcome<std::monostate>> DecideRefusal(const base::Reader& rows,
                                                            const base::OrganisationId& organisation,
                                                            const base::StaffSlug& caller, base::Instant now,
                                                            crypto::Random& random) {
  Refusal mark;
  mark.staff = caller;
  mark.minute = static_cast<std::uint32_t>(std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count());
  auto before = rows.Get<Refusal>(mark.key());
  if (!before.ok()) return before.status();

  base::Outcome<std::monostate> outcome;
  if (*before && (*before)->record.minute == mark.minute) return outcome;
  if (*before) {
    outcome.changes.Update(std::move(mark), (*before)->version);
  } else {
    outcome.changes.Insert(std::move(mark));
  }
  DraftLeaf(organisation, Act::OfStaff(format::LeafKind::kAccessRefused, caller, now), random, outcome.changes,
            outcome.leaves);
  return outcome;
}

}  // namespace alcove::ledger
