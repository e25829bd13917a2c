// Reports that are sent only together with others: held until so many others have named the same person (guard/match.h).
//
//   waiting    filed; nobody of the staff can tell that it exists
//   veiled     released to a team that has not written to its reporter yet
//   otherwise  a case like any other
//
// Nobody may find out by filing whether others have accused a person, least of all that person by accusing themselves. So
// until the team writes first, a reporter sees of a veiled case, to the byte, what they would see of a waiting one. It is so by
// construction: a veiled case carries a *face*, the waiting case that it was, and every call of its reporter is decided on that
// face by the very code that decides on a waiting one (`ReachOwn`). What the act did is then carried over to the case
// (`Settle`). What staff and server do goes to the team's history and is told when the team writes (`Unveil`).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

inline constexpr std::uint8_t kFewestOthers = 2;
inline constexpr std::uint8_t kMostOthers = 5;
// The last day is tomorrow at the earliest and at most so many months ahead.
inline constexpr int kMostEscrowMonths = 24;
bool MayBeLastDay(base::Day last, base::Day today);

// It waits, or is the face of one that does not any more.
bool IsWaiting(const Case& record);
// Released, and its reporter does not know.
bool IsVeiled(const Case& record);
// Its last day went by: whoever holds the receipt finds it ended, released or not, until the team writes. Always false for what
// is neither waiting nor veiled.
bool IsOver(const Case& record, base::Day today);
// Why it went, in the words for its reporter: the same whether it did go or is with a team that is silent.
Cause OverCause(const Escrow& escrow);

// What its reporter sees: the face, where there is one.
const Case& ShownOf(const Case& record);

// The report goes to the team today: from here on `record` is theirs, and its face the reporter's. The caller gives it to
// somebody (guard) and puts it.
void Release(const Ports& ports, Case& record, CaseLeaves& leaves);

// The reporter's act is done on `own`. Answers the row to put: `own` itself, or the case behind the face with what was done
// carried over, for guard to go on with.
absl::StatusOr<base::Versioned<Case>> Settle(const Ports& ports, OwnCase own, base::ChangeSet& changes,
                                             std::vector<base::LeafDraft>& drafts);
// Settle, and put. Every act of the reporter of a waiting or veiled case leaves as many leaves in the ledger (PadLeaves).
absl::Status PutOwn(const Ports& ports, OwnCase own, base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts);

// The places of two leaves of one's own tell how many came between. So that they do not tell what an act set off, such an act
// is filled up with leaves that say nothing, to a multiple of this.
inline constexpr std::size_t kLeavesOfAnAct = 64;
void PadLeaves(crypto::Random& random, std::vector<base::LeafDraft>& drafts);

// The team writes to the reporter of a veiled case: the face goes, and the reporter's chain is told in what the case differs from
// it: since when the team has it, who holds a grant, who has opened it, who does not read any more, its state. Nothing for
// any other case.
void Unveil(Case& record, CaseLeaves& leaves);

}  // namespace alcove::cases
