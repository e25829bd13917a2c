// What a case's states mean to the rules. The table of moves itself is crypto/format/case_states.h, which the command line
// prints: nothing here or elsewhere knows of a move that the print does not show.
#pragma once

#include <absl/status/status.h>

#include <string>

#include "crypto/format/case_states.h"
#include "server/core/base/changes.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

using format::AllMoves;
using format::FindMove;
using format::Move;
using format::Mover;
using format::NameOf;
using format::Point;
// What it goes back to is `resumes_to` of the case.
using format::Resumes;

// The case counts among its assignee's open ones.
bool IsOpen(State state);

// Whether `reason` is what the move asks for: CODE_UNKNOWN for what is not in its list, FIELD_INVALID("reason") where it
// asks for none.
absl::Status CheckReason(const Ports& ports, std::string_view reason_list, const std::string& reason);

// Whether the case has what the move needs besides its mover and its reason. The one place where such conditions stand:
//   ASSESSMENT_MISSING  the risk of detriment was not assessed at the table's point
//   FINDING_MISSING, MEASURES_OPEN  what matters.h says
//   NOTICE_MISSING      it would be closed, and the reporter was not told the outcome although they can be reached
absl::Status CheckReady(const Ports& ports, const Case& record, const Move& move, const std::string& reason);

// Moves the case, which the caller then puts: state, marks, counts of open cases, the leaf, and the legal hold that pausing it
// for some reasons places. Nothing else moves states
// but the reporter's withdrawal. `by`: who does it.
void MakeMove(const Ports& ports, Case& record, State to, const std::string& reason, const base::StaffSlug& by,
              CaseLeaves& leaves, base::ChangeSet& changes);

// What the point is in Case.assessed.
std::uint8_t BitOf(Point point);

}  // namespace alcove::cases
