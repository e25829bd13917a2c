// The table of states: every move that a case can make, who may make it, whether a reason is asked for, and at which point
// the risk of detriment must have been assessed. There is no move outside this table, and nobody decides about moves but by
// it: the service's rules (server/core/cases) read it, `alcove case states` prints it, and the tests try every state by every
// move by every role against that print.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace alcove::format {

// Same numbers as alcove.v1.CaseState; a `state.changed` leaf carries them.
enum class CaseState : uint8_t {
  kReceived = 1,
  kAcknowledged,
  kTriage,
  kInformationNeeded,
  kAccepted,
  kReferred,
  kOutOfScope,
  kInvestigating,
  kFindingsReview,
  kDecided,
  kMeasuresRunning,
  kMonitoring,
  kClosed,
  kReopened,
  kOnHold,
  kWithdrawnByReporter,
};
inline constexpr int kCaseStates = 16;

enum class Mover : uint8_t {
  kTeam,      // whoever the case was released to, alone
  kReporter,  // by withdrawing
  kApproval,  // two people together: refused to anybody alone
};

// The points at which somebody writes down what may happen to those who spoke up, in the order of their kinds of entries
// (EntryKind::kAssessmentAtIntake and the four after it).
enum class Point : uint8_t { kIntake, kDecisionToInvestigate, kDuringInvestigation, kOutcome, kAfterClosing };
inline constexpr int kPoints = 5;

struct Move {
  CaseState from;
  CaseState to;
  Mover mover;
  std::string_view reason_list;   // list of the taxonomy that the reason is a code of; empty: none is asked for
  std::optional<Point> assessed;  // refused until the risk was assessed at this point
};

// Sorted by `from`, then by the course of a case.
std::span<const Move> AllMoves();

// Null when there is no such move.
const Move* FindMove(CaseState from, CaseState to);

// A code of the taxonomy's `case.state`: "received", ...
std::string_view NameOf(CaseState state);

// "team", "reporter", "approval".
std::string_view NameOf(Mover mover);

// A code of the taxonomy's `detriment_assessment.point`: "intake", ...
std::string_view NameOf(Point point);

// From kOnHold and kWithdrawnByReporter the team may also take a case back to where it was, whatever that was.
bool Resumes(CaseState state);

}  // namespace alcove::format
