// What a case's states mean to the rules. The table of moves itself is crypto/format/case_states.h, which the command line
// prints: nothing here or elsewhere knows of a move that the print does not show.
#pragma once

#include "crypto/format/case_states.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

using format::AllMoves;
using format::FindMove;
using format::Move;
using format::Mover;
using format::NameOf;
// What it goes back to is `resumes_to` of the case.
using format::Resumes;

// The case counts among its assignee's open ones.
bool IsOpen(State state);

// What the move says about the clocks.
void MarkMove(State to, base::Day today, clocks::Marks& marks);

}  // namespace alcove::cases
