// The table of states: every move that a case can make, who may make it, and whether a reason is asked for. There is no
// move outside this table, and no code decides about moves but `FindMove`. `alcove case states` prints it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "server/core/cases/records.h"

namespace alcove::cases {

enum class Mover : std::uint8_t {
  kTeam,      // whoever the case was released to, alone
  kReporter,  // by withdrawing
  kApproval,  // two people together (approvals): refused to anybody alone
};

struct Move {
  State from;
  State to;
  Mover mover;
  std::string_view reason_list;  // list of the taxonomy that the reason is a code of; empty: none is asked for
};

// Sorted by `from`, then `to`.
std::span<const Move> AllMoves();

// Null when there is no such move.
const Move* FindMove(State from, State to);

// A code of the taxonomy's `case.state`: "received", ...
std::string_view NameOf(State state);

// The case counts among its assignee's open ones.
bool IsOpen(State state);

// From kOnHold and kWithdrawnByReporter a case goes back to where it was, whatever that was: `resumes_to` of the case.
bool Resumes(State state);

// What the move says about the clocks.
void MarkMove(State to, base::Day today, clocks::Marks& marks);

}  // namespace alcove::cases
